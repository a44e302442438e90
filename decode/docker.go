package decode

import (
	"strings"

	"goshawk/event"
)

// Docker reads the files of Docker's default logging driver.
var Docker = register(Format{
	Name:  "docker",
	Title: "container logs of Docker (json-file)",
	Doc: "`{\"log\":\"line\\n\",\"stream\":\"stdout\",\"time\":\"2023-10-12T14:32:45.123456789Z\"}`, also with the labels that Docker can add.\n\n" +
		"Source: Docker, JSON File logging driver.",
	Carries:  anyField,
	Envelope: true,
	object:   true,
	fits:     func(line string) bool { return strings.HasPrefix(line, dockerHead) },
	decode: func(d *Decoder, line string, e *event.Event) error {
		err := d.docker(line, e)
		if err == errUnfit {
			if err = d.json(&common, line, e); err == nil && e.Format == "" {
				e.Format = jsonName
			}
		}
		return err
	},
})

const dockerHead = `{"log":"`

// docker reads an object that is as Docker writes it, and says errUnfit of all
// others.
func (d *Decoder) docker(line string, e *event.Event) error {
	if !strings.HasPrefix(line, dockerHead) {
		return errUnfit
	}
	end := closing(line, len(dockerHead))
	if end < 0 {
		return errUnfit
	}
	i := end + 1
	if k := strings.Index(line[i:], `,"stream":"std`); k > 0 && strings.HasPrefix(line[i:], `,"attrs":{`) {
		i += k
	}
	const out, err = `,"stream":"stdout","time":"`, `,"stream":"stderr","time":"`
	if !strings.HasPrefix(line[i:], out) && !strings.HasPrefix(line[i:], err) {
		return errUnfit
	}
	i += len(out)
	written, rest, ok := strings.Cut(line[i:], `"`)
	t, n := d.clock.iso(written)
	if !ok || rest != "}" || n != len(written) || n == 0 {
		return errUnfit
	}
	return d.said(d.plain(line[len(dockerHead):end]), envelope{time: t, timed: true, at: len(dockerHead), undone: true}, e)
}
