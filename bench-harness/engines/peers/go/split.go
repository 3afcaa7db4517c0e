// The peer peer/split@go: what one writes first. bufio.Scanner makes a string of each line, and
// strings.Split a list of its fields.
package main

import (
	"bufio"
	"strings"
)

const (
	bufferBytes    = 64 << 10
	lineBytesLimit = 16<<20 + 2
)

func split(pass *pass) error {
	lines := bufio.NewScanner(pass.input)
	lines.Buffer(make([]byte, bufferBytes), lineBytesLimit)
	delimiter := string([]byte{pass.delimiter})
	for lines.Scan() {
		pass.record(strings.Split(lines.Text(), delimiter))
	}
	return lines.Err()
}

func (pass *pass) record(fields []string) {
	fold := &pass.fold
	fold.records++
	switch pass.model {
	case "count":
		fold.fields += uint64(len(fields))
	case "project":
		for position, column := range pass.columns {
			if column < len(fields) {
				fold.text(position, fields[column])
			}
		}
	default:
		for position, field := range fields {
			fold.text(position, field)
		}
	}
}

func (fold *fold) text(position int, field string) {
	var first byte
	if len(field) > 0 {
		first = field[0]
	}
	fold.field(position, len(field), first)
}
