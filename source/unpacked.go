package source

import (
	"bytes"
	"io"
)

// Unpacked opens a file and returns its text as it is, unpacked if it is packed:
// nothing trimmed, no record put on a line of its own. It is for those who must
// say which bytes a line is. The caller closes it.
func Unpacked(path string) (io.ReadCloser, error) {
	in, err := file(path).open()
	if err != nil {
		return nil, err
	}
	head, err := peek(in, nil, 16)
	if err == nil {
		var text io.Reader
		if text, in.unpack, err = unpack(head, io.MultiReader(bytes.NewReader(head), in)); err == nil {
			return &opened{text, in}, nil
		}
	}
	in.close()
	return nil, err
}

// opened is the text of an input that is closed with it.
type opened struct {
	io.Reader
	in *input
}

func (o *opened) Close() error {
	o.in.close()
	return nil
}
