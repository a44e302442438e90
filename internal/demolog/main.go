// Command demolog writes the sample logs that `make demo` scans: an API and a
// site under several attacks among people and machines that look like them.
// The same bytes each time; run it from the module's root.
package main

import (
	"compress/gzip"
	"log"
	"os"
	"path/filepath"

	"goshawk/decode"
	"goshawk/event"
	"goshawk/simulate"
)

func main() {
	log.SetFlags(0)
	const monday = 1772424000e9 // 2026-03-02 04:00 UTC, before the offices open
	write("shop-api.json.log.gz", decode.AppendJSON, simulate.World{Shape: "shop", Start: monday, Hours: 8, Lines: 9000, Seed: 41, Attacks: []simulate.Attack{
		{Behaviour: "credential_stuffing", Variant: "medium"}, {Behaviour: "enumeration", Variant: "easy"}, {Behaviour: "password_spraying", Variant: "easy"}}})
	write("site-access.log.gz", decode.AppendCombined, simulate.World{Shape: "site", Start: monday, Hours: 8, Lines: 6000, Seed: 42, Hide: simulate.Hidden(decode.Combined), Attacks: []simulate.Attack{
		{Behaviour: "brute_force", Variant: "easy"}, {Behaviour: "rate", Variant: "easy"}}})
}

func write(name string, line func([]byte, *event.Event) []byte, w simulate.World) {
	f, err := os.Create(filepath.Join("demo", name))
	if err != nil {
		log.Fatal(err)
	}
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		log.Fatal(err)
	}
	var b []byte
	truth, err := w.Generate(func(e *event.Event, _ simulate.Label) {
		b = append(line(b[:0], e), '\n')
		if _, err := z.Write(b); err != nil {
			log.Fatal(err)
		}
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := z.Close(); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
	for _, c := range truth.Campaigns {
		log.Printf("%s: %s %s, %d requests: %s", name, c.Behaviour, c.Variant, c.Events, c.Note)
	}
}
