// The peer peer/scanner@go: bufio.Scanner with a split function of its own, which makes a token of
// each field, byte by byte, and remembers whether it ended a line.
package main

import (
	"bufio"
	"bytes"
)

func scanner(pass *pass) error {
	tokens := bufio.NewScanner(pass.input)
	tokens.Buffer(make([]byte, bufferBytes), lineBytesLimit)
	// Before the first field as behind the last of a line.
	endsLine := true
	tokens.Split(func(data []byte, atEnd bool) (int, []byte, error) {
		for index, value := range data {
			if value == pass.delimiter {
				endsLine = false
				return index + 1, data[:index], nil
			}
			if value == '\n' {
				endsLine = true
				return index + 1, bytes.TrimSuffix(data[:index], []byte{'\r'}), nil
			}
		}
		// The last line may lack its newline, and its last field may be empty.
		if atEnd && (len(data) > 0 || !endsLine) {
			endsLine = true
			return len(data), data, bufio.ErrFinalToken
		}
		return 0, nil, nil
	})
	fields := fieldByField{pass: pass}
	for tokens.Scan() {
		fields.take(tokens.Bytes(), endsLine)
	}
	return tokens.Err()
}
