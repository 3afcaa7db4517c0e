// An engine for `delimark-bench verify`: Go's strings.Split, the parser that everybody writes first.
//
//	go_split <CASE
//
// The input is one string, cut into lines by strings.Split, and each line into fields by
// strings.Split, or by strings.SplitN where the last field takes the rest. An empty last piece
// comes from the last line ending and is no line. Under line_ending=auto strings.TrimSuffix takes
// a carriage return off. A line over the limit is rejected. strings.Split takes any delimiter, so
// none is refused; a dialect that names a quote is.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

type raggedLine struct {
	Line   int `json:"line"`
	Offset int `json:"offset"`
	Found  int `json:"found"`
}

type failure struct {
	Kind     string `json:"kind"`
	Line     int    `json:"line,omitempty"`
	Offset   *int   `json:"offset,omitempty"`
	Found    int    `json:"found,omitempty"`
	Expected int    `json:"expected,omitempty"`
}

type answer struct {
	Records [][]string   `json:"records"`
	Lines   []int        `json:"lines"`
	Offsets []int        `json:"offsets"`
	Ragged  []raggedLine `json:"ragged"`
	Error   *failure     `json:"error,omitempty"`
}

type dialect struct {
	delimiter, policy, lineEnding string
	columns, lineLimit            int
	anyColumns, hasQuote          bool
}

func main() {
	input, err := io.ReadAll(os.Stdin)
	check(err)
	header, text, _ := strings.Cut(string(input), "\n")
	result := answer{[][]string{}, []int{}, []int{}, []raggedLine{}, nil}
	result.scan(parseDialect(header), text)
	check(json.NewEncoder(os.Stdout).Encode(result))
	if result.Error != nil {
		os.Exit(1)
	}
}

func (result *answer) scan(dialect dialect, text string) {
	if dialect.hasQuote {
		result.Error = &failure{Kind: "dialect"}
		return
	}
	lines := strings.Split(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	offset := 0
	for index, line := range lines {
		here := offset
		offset += len(line) + 1
		if len(line) > dialect.lineLimit {
			result.Error = &failure{Kind: "line-too-long", Line: index + 1, Offset: &here}
			return
		}
		// The last line has its carriage return only where a line ending is behind it.
		if dialect.lineEnding == "auto" && offset <= len(text) {
			line = strings.TrimSuffix(line, "\r")
		}
		fields := strings.Split(line, dialect.delimiter)
		if found := len(fields); !dialect.anyColumns && found != dialect.columns {
			switch dialect.policy {
			case "error":
				result.Error = &failure{"ragged", index + 1, &here, found, dialect.columns}
				return
			case "report":
				result.Ragged = append(result.Ragged, raggedLine{index + 1, here, found})
				continue
			case "rest":
				fields = strings.SplitN(line, dialect.delimiter, dialect.columns)
			}
		}
		result.Records = append(result.Records, written(fields))
		result.Lines = append(result.Lines, index+1)
		result.Offsets = append(result.Offsets, here)
	}
}

func parseDialect(header string) dialect {
	values := map[string]string{}
	for _, word := range strings.Fields(header) {
		name, value, _ := strings.Cut(word, "=")
		values[name] = value
	}
	number := func(name string) int {
		value, err := strconv.Atoi(values[name])
		check(err)
		return value
	}
	result := dialect{
		delimiter:  string([]byte{byte(number("delimiter"))}),
		policy:     values["ragged"],
		lineEnding: values["line_ending"],
		lineLimit:  number("line_limit"),
		anyColumns: values["columns"] == "any",
		hasQuote:   values["quote"] != "",
	}
	if !result.anyColumns {
		result.columns = number("columns")
	}
	return result
}

// In the protocol a byte is a code point from U+0000 to U+00FF.
func written(fields []string) []string {
	result := make([]string, len(fields))
	for index, field := range fields {
		letters := make([]rune, len(field))
		for place := range letters {
			letters[place] = rune(field[place])
		}
		result[index] = string(letters)
	}
	return result
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
