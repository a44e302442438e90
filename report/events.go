package report

import (
	"io"
	"strings"

	"goshawk/engine"
	"goshawk/enrich"
	"goshawk/event"
)

// Events is what was understood of the lines, not what was found in them.
var Events = register(Format{
	Name:  "events",
	Title: "The normalised requests, one JSON object a line",
	Doc: "Whatever log a request came from, its line has the same keys: `time, client, method, host, path, query, status, bytes, duration, " +
		"user_agent, referer, user, account, key, session, tls, auth, action, template, format, source, line`. What the log does not say is absent; " +
		"`duration` is in seconds, `bytes` were sent to the client; `key` and `session` are tags. " +
		"The lines are written while the logs are read; a result holds no events, so nothing is left to write at the end.",
	Write: func(io.Writer, *engine.Result, Options) error { return nil },
})

// AppendEvent appends the line, with its newline, that tells of e: the event
// that stands on a line (from 1) of a source. Credentials are shown as tag's
// tags wherever they stand in the event.
func AppendEvent(dst []byte, e *event.Event, source string, line int, tag *enrich.Tagger) []byte {
	w := jsonWriter{b: append(dst, '{')}
	masked := func(k, v string) { w.text(k, tag.Mask(v, e.Key, e.Session)) }
	if e.Flags&event.NoTime == 0 {
		w.time("time", e.Time)
	}
	if e.Client.IsValid() {
		w.text("client", e.Client.String())
	}
	w.text("method", e.Method)
	w.text("host", e.Host)
	masked("path", e.Path)
	masked("query", e.Query)
	if e.Status != 0 {
		w.int("status", int64(e.Status))
	}
	if e.BytesOut >= 0 {
		w.int("bytes", e.BytesOut)
	}
	if e.Duration >= 0 {
		w.float("duration", float64(e.Duration)/1e9)
	}
	masked("user_agent", e.UserAgent)
	masked("referer", e.Referer)
	masked("user", e.User)
	masked("account", e.Account)
	w.text("key", tag.Tag(e.Key))
	w.text("session", tag.Tag(e.Session))
	w.text("tls", e.TLS)
	w.text("auth", e.Auth.String())
	w.text("action", e.Action.String())
	w.text("level", e.Level)
	if keys := bodyKeys(e.Body); len(keys) > 0 {
		w.texts("body_keys", keys)
	}
	masked("template", e.Template)
	w.text("format", e.Format)
	w.text("source", source)
	w.int("line", int64(line))
	return append(w.b, '}', '\n')
}

// maxBodyKeys bounds the keys shown of a request body.
const maxBodyKeys = 32

// bodyKeys lists the names in a JSON object, at any depth: what a request
// carried, without the values, which may be secret.
func bodyKeys(body string) (keys []string) {
	for i := 0; i < len(body) && len(keys) < maxBodyKeys; i++ {
		if body[i] != '"' {
			continue
		}
		start := i + 1
		for i++; i < len(body) && body[i] != '"'; i++ {
			if body[i] == '\\' {
				i++
			}
		}
		if i >= len(body) {
			return keys
		}
		if strings.HasPrefix(strings.TrimLeft(body[i+1:], " \t"), ":") {
			keys = append(keys, body[start:i])
		}
	}
	return keys
}
