package decode

import "goshawk/event"

// Django reads what Django's development server writes.
var Django = register(Format{
	Name:  "django",
	Title: "Django's development server",
	Doc: "`[12/Oct/2023 14:32:45] \"GET /path HTTP/1.1\" 200 12`, which tells no client: nobody can be found in it. The time is local. " +
		"What Django logs of refused requests, such as `Forbidden (CSRF cookie not set.): /path`, is read as free text.\n\n" +
		"Source: Django, core/servers/basehttp.py.",
	Carries: event.HasTime | event.HasMethod | event.HasPath | event.HasStatus | event.HasBytes | event.HasKey,
	rank:    3,
	fits:    func(line string) bool { return isPythonDate(line) },
	decode:  func(d *Decoder, line string, e *event.Event) error { return d.development(line, 0, e) },
})
