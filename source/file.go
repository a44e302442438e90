package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Found is what there is to read.
type Found struct {
	Sources []*Source // one a log: streams as they were named, then files by name
	Left    []Left    // what was left out
}

// Left is a file or folder that is not read, and why.
type Left struct {
	Name   string
	Reason error
	Failed bool // it should have been read: it was asked for, or it is a log that cannot be opened
}

func (l Left) Error() string { return l.Name + ": " + l.Reason.Error() }

// Open finds the logs that paths name: files, "-" for standard input, and
// folders, which are searched whole. Rotations of one log become one source,
// oldest first. In folders, hidden files, empty files and what is no text are
// left out, symbolic links are followed, and nothing is read twice. Nothing but
// the beginning of each file is read before Next. A zero Options.Chunk is 256 KiB,
// and less where there are many logs.
func Open(paths []string, o Options) Found {
	f := finder{seen: map[string]bool{}}
	for _, p := range paths {
		switch {
		case p != Stdin:
			f.named(filepath.Clean(p))
		case !f.seen[p]:
			f.seen[p] = true
			f.streams = append(f.streams, stdin())
		}
	}
	logs := group(f.files)
	if n := len(f.streams) + len(logs); o.Chunk == 0 && n > 0 {
		o.Chunk = max(32<<10, min(256<<10, readAhead/n)) // many logs share what is read ahead
	}
	found := Found{Left: f.left}
	for _, s := range f.streams {
		found.Sources = append(found.Sources, newSource(s.name, o, s))
	}
	for _, l := range logs {
		parts := make([]part, len(l))
		for i, path := range l {
			parts[i] = file(path)
		}
		found.Sources = append(found.Sources, newSource(l[len(l)-1], o, parts...))
	}
	return found
}

const readAhead = 8 << 20 // bytes, about, of all logs together

// finder collects the files to read.
type finder struct {
	seen    map[string]bool // by path without symbolic links
	streams []part
	files   []string
	left    []Left
}

func (f *finder) leave(path string, reason error, failed bool) {
	var pe *fs.PathError
	if errors.As(reason, &pe) && pe.Path == path {
		reason = pe.Err
	}
	if errors.Is(reason, fs.ErrNotExist) {
		reason = errors.New("no such file or folder")
	}
	f.left = append(f.left, Left{path, reason, failed})
}

// first says whether path is met for the first time.
func (f *finder) first(path string) bool {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		real = path
	}
	if abs, err := filepath.Abs(real); err == nil {
		real = abs
	}
	if f.seen[real] {
		return false
	}
	f.seen[real] = true
	return true
}

// named takes a path that was asked for.
func (f *finder) named(path string) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		f.leave(path, err, true)
	case info.IsDir():
		f.folder(path)
	case !f.first(path):
	case info.Mode()&fs.ModeSocket != 0:
		f.leave(path, errors.New("this is a socket, not a log"), true)
	case !info.Mode().IsRegular():
		pipe := file(path)
		pipe.size, pipe.live = -1, true
		f.streams = append(f.streams, pipe)
	default:
		if err := probe(path); err != nil {
			f.leave(path, err, true)
		} else {
			f.files = append(f.files, path)
		}
	}
}

// folder takes the logs under path, and says so if there is none.
func (f *finder) folder(path string) {
	files, left := len(f.files), len(f.left)
	f.walk(path)
	if len(f.files) > files || slices.ContainsFunc(f.left[left:], func(l Left) bool { return l.Failed }) {
		return
	}
	var why []string
	for _, l := range f.left[left:] {
		name, _ := filepath.Rel(path, l.Name)
		why = append(why, name+": "+l.Reason.Error())
	}
	f.left = f.left[:left]
	switch n := len(why); {
	case n == 0:
		f.leave(path, errors.New("there is no log in this folder: it holds no file"), true)
	case n > 3:
		why = append(why[:3], fmt.Sprintf("and %d more", n-3))
		fallthrough
	default:
		f.leave(path, fmt.Errorf("there is no log in this folder (%s)", strings.Join(why, "; ")), true)
	}
}

func (f *finder) walk(dir string) {
	if !f.first(dir) {
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		f.leave(dir, err, true)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path)
		switch {
		case err != nil:
			f.leave(path, err, false)
		case info.IsDir():
			f.walk(path)
		case !info.Mode().IsRegular():
		case !f.first(path):
		case info.Size() == 0:
			f.leave(path, errors.New("empty"), false)
		case document[strings.ToLower(filepath.Ext(path))]:
			f.leave(path, errors.New("by its name no log"), false)
		default:
			var binary *BinaryError
			if err := probe(path); err != nil {
				f.leave(path, err, !errors.As(err, &binary))
			} else {
				f.files = append(f.files, path)
			}
		}
	}
}

// document holds endings of text files that lie beside logs but are none.
var document = map[string]bool{
	".md": true, ".html": true, ".htm": true, ".css": true, ".js": true, ".ts": true, ".go": true, ".py": true, ".php": true, ".rb": true,
	".java": true, ".c": true, ".h": true, ".rs": true, ".sh": true, ".conf": true, ".cfg": true, ".ini": true, ".toml": true,
	".yaml": true, ".yml": true, ".xml": true, ".svg": true, ".sql": true, ".mod": true, ".sum": true, ".pem": true, ".key": true, ".crt": true, ".pid": true,
}

// probe reads the beginning of a file and says why it cannot be a log, if so.
func probe(path string) error {
	in, err := file(path).open()
	if err != nil {
		return err
	}
	defer in.close()
	_, err = in.text()
	return err
}

func file(path string) part {
	var size, written int64
	if info, err := os.Stat(path); err == nil {
		size, written = info.Size(), info.ModTime().UnixNano()
	}
	return part{name: path, size: size, written: written, open: func() (*input, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		return &input{raw: f, closer: f}, nil
	}}
}
