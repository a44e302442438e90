package report

import (
	"io"
	"strconv"
	"strings"

	"goshawk/detect"
	"goshawk/engine"
	"goshawk/threat"
)

// SARIF is for code hosts and editors, which show the lines.
var SARIF = register(Format{
	Name:  "sarif",
	Title: "SARIF 2.1.0, for code hosts and editors that show the lines",
	Doc: "One run with a rule a detector, whose help is the threat's page, and a result a finding. A result's first line is its location, the others are related; " +
		"each has the line of its file as region, with the masked text as snippet. `partialFingerprints` has the finding's id, so that a finding seen again is known again.",
	Write: writeSARIF,
})

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

func writeSARIF(out io.Writer, r *engine.Result, o Options) error {
	w := &jsonWriter{b: []byte{'{'}, out: out}
	w.line()
	w.text("$schema", sarifSchema)
	w.text("version", "2.1.0")
	w.open("runs", '[')
	w.item('{')
	w.open("tool", '{')
	w.open("driver", '{')
	w.text("name", "Goshawk")
	w.text("version", o.Version)
	index := w.sarifRules(r)
	w.close('}')
	w.close('}')
	w.line()
	w.text("columnKind", "utf16CodeUnits")
	w.sarifInvocation(r)
	w.line()
	w.open("results", '[')
	for i := range r.Findings {
		w.line()
		w.item('{')
		w.sarifResult(r, &o, &r.Findings[i], index)
		w.close('}')
		w.flush()
	}
	w.close(']')
	w.open("properties", '{')
	w.text("verdict", string(r.Verdict))
	w.text("summary", r.Summary)
	w.text("oat", oatRelease)
	w.text("owasp_api", owaspAPIRelease)
	w.text("attack", attackRelease)
	w.close('}')
	w.close('}')
	w.close(']')
	w.b = append(w.b, "\n}\n"...)
	if w.err != nil {
		return w.err
	}
	_, err := out.Write(w.b)
	return err
}

// sarifRules writes the detectors that found something, in the order of their
// findings, and returns where each stands.
func (w *jsonWriter) sarifRules(r *engine.Result) map[string]int {
	index := map[string]int{}
	w.open("rules", '[')
	for i := range r.Findings {
		f := &r.Findings[i]
		if _, ok := index[f.Detector]; ok {
			continue
		}
		index[f.Detector] = len(index)
		w.line()
		w.item('{')
		w.sarifRule(f)
		w.close('}')
	}
	w.close(']')
	return index
}

func (w *jsonWriter) sarifRule(f *detect.Finding) {
	w.name("id")
	w.b = appendQuoted(w.b, f.Detector) // must be there, even empty
	w.message("shortDescription", f.Title)
	if page, err := threat.Lookup(f.Threat); err == nil {
		w.message("fullDescription", page.Title)
		w.open("help", '{')
		w.text("text", "goshawk explain "+f.Threat+"\n\n"+page.Body)
		w.text("markdown", page.Body)
		w.close('}')
	}
	w.open("defaultConfiguration", '{')
	w.text("level", sarifLevel(f.Impact))
	w.close('}')
	w.open("properties", '{')
	tags := []string{"security", f.Threat}
	for _, id := range ids(&f.Standards) {
		if n, ok := strings.CutPrefix(id, "CWE-"); ok {
			id = "external/cwe/cwe-" + n // as code hosts read it
		}
		tags = append(tags, id)
	}
	w.texts("tags", distinct(tags))
	w.text("security-severity", severityOf(f.Impact, "0.0", "3.0", "5.5", "8.0", "9.5"))
	w.text("precision", "high")
	w.close('}')
}

// message writes an object that has nothing but text.
func (w *jsonWriter) message(k, s string) {
	w.open(k, '{')
	w.name("text")
	w.b = appendQuoted(w.b, s)
	w.close('}')
}

func sarifLevel(s detect.Severity) string {
	return severityOf(s, "none", "note", "warning", "error", "error")
}

// sarifInvocation says which sources could not be read to their end.
func (w *jsonWriter) sarifInvocation(r *engine.Result) {
	w.open("invocations", '[')
	w.item('{')
	failed := false
	w.open("toolExecutionNotifications", '[')
	for _, s := range r.Input.Sources {
		if s.Error != "" {
			failed = true
			w.item('{')
			w.text("level", "error")
			w.message("message", sarifText(s.Name+": "+s.Error))
			w.close('}')
		}
	}
	w.close(']')
	w.bool("executionSuccessful", !failed)
	w.close('}')
	w.close(']')
}

func (w *jsonWriter) sarifResult(r *engine.Result, o *Options, f *detect.Finding, index map[string]int) {
	w.name("ruleId")
	w.b = appendQuoted(w.b, f.Detector)
	w.int("ruleIndex", int64(index[f.Detector]))
	w.text("level", sarifLevel(f.Severity))
	w.text("kind", "fail")
	w.float("rank", f.Score*100)
	w.message("message", sarifText(f.Title+", "+f.Actor.String()+". "+f.Evidence.Summary))
	lines := f.Evidence.Lines
	w.open("locations", '[')
	if len(lines) > 0 {
		w.sarifLine(r, o, &lines[0], 0)
	}
	w.close(']')
	if len(lines) > 1 {
		w.open("relatedLocations", '[')
		for i := range lines[1:] {
			w.sarifLine(r, o, &lines[i+1], i+1)
		}
		w.close(']')
	}
	w.open("partialFingerprints", '{')
	w.text("goshawkFinding/v1", f.ID)
	w.close('}')
	w.open("properties", '{')
	w.open("finding", '{')
	w.finding(f)
	w.close('}')
	w.close('}')
}

// sarifLine writes a line of a log as a location; the id tells related ones apart.
func (w *jsonWriter) sarifLine(r *engine.Result, o *Options, x *detect.Line, id int) {
	file, n := o.at(r, x.Source, x.Line)
	w.item('{')
	if id > 0 {
		w.int("id", int64(id))
		w.message("message", "line "+strconv.Itoa(n))
	}
	w.open("physicalLocation", '{')
	w.open("artifactLocation", '{')
	w.text("uri", fileURI(file))
	w.close('}')
	w.open("region", '{')
	w.int("startLine", int64(max(n, 1)))
	if x.Text != "" {
		w.message("snippet", x.Text)
	}
	w.close('}')
	w.close('}')
	w.close('}')
}

// sarifText is text for a message, in which brackets would be links and braces
// arguments, and there is no way to say that a word is code but Markdown's. Source: SARIF
// 2.1.0, 3.11.5 and 3.11.6.
func sarifText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "{", "{{", "}", "}}").Replace(s)
}

// fileURI is a path as a URI reference: absolute ones with the scheme file,
// others relative to where the scan ran. Source: RFC 3986.
func fileURI(path string) string {
	if path == "-" {
		return "stdin"
	}
	path = strings.ReplaceAll(path, `\`, "/")
	var b strings.Builder
	if strings.HasPrefix(path, "/") {
		b.WriteString("file://")
	}
	for i := range len(path) {
		switch c := path[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
		}
	}
	return b.String()
}

const upperHex = "0123456789ABCDEF"
