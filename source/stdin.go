package source

import "os"

// Stdin is how standard input is named, in arguments and in reports.
const Stdin = "-"

func stdin() part {
	return part{name: Stdin, size: -1, live: true, open: func() (*input, error) {
		return &input{raw: os.Stdin}, nil
	}}
}
