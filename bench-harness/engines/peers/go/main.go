// The common part of the engines in Go: the protocol of ../../runtimes/README.md, and the fold of
// fields. The consumer of the fields runs while the clock does.
//
//	go_peers split|scanner|index-byte
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// An engine goes through the input once, and hands each field to the fold.
type engine func(pass *pass) error

var engines = map[string]engine{
	"split":      split,
	"scanner":    scanner,
	"index-byte": indexByte,
}

// pass is what an engine is asked to do, and where it puts the answer.
type pass struct {
	model     string
	delimiter byte
	columns   []int
	input     io.Reader
	// The input in memory; nil where it is to be read from the path.
	data []byte
	path string
	fold fold
}

// fold is the consumer: it looks at the length and the first byte of each field.
type fold struct {
	records, fields, checksum uint64
}

func (fold *fold) field(position int, length int, first byte) {
	token := uint64(length)<<8 | uint64(first)
	fold.checksum += token * uint64(2*position+1)
	fold.fields++
}

func main() {
	if len(os.Args) != 2 || engines[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: go_peers split|scanner|index-byte")
		os.Exit(2)
	}
	runner := runner{engine: engines[os.Args[1]]}
	requests := bufio.NewReader(os.Stdin)
	for {
		line, err := requests.ReadString('\n')
		if err != nil {
			return
		}
		answer, err := runner.respond(strings.TrimSuffix(line, "\n"))
		if err != nil {
			answer = "error " + err.Error()
		}
		fmt.Println(answer)
	}
}

type runner struct {
	engine    engine
	path      string
	data      []byte
	delimiter byte
}

func (runner *runner) respond(line string) (string, error) {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "about":
		return fmt.Sprintf("{\"engine\":%q}", "Go "+strings.TrimPrefix(runtime.Version(), "go")), nil
	case "load":
		data, err := os.ReadFile(rest)
		runner.path, runner.data = rest, data
		return fmt.Sprintf("ok %d", len(data)), err
	case "dialect":
		return "ok", runner.setDialect(strings.Split(rest, " "))
	case "run":
		return runner.run(strings.Split(rest, " "))
	}
	return "", fmt.Errorf("there is no request '%s'", verb)
}

func (runner *runner) setDialect(words []string) error {
	if len(words) == 7 {
		return fmt.Errorf("it knows no quotes")
	}
	if len(words) != 5 || words[2] != "keep" || words[3] != "auto" {
		return fmt.Errorf("it only keeps ragged records, and strips carriage returns")
	}
	delimiter, err := strconv.ParseUint(words[0], 10, 8)
	runner.delimiter = byte(delimiter)
	return err
}

func (runner *runner) run(words []string) (string, error) {
	pass := pass{model: words[0], delimiter: runner.delimiter}
	if len(words) > 1 {
		for _, word := range strings.Split(words[1], ",") {
			column, err := strconv.Atoi(word)
			if err != nil {
				return "", err
			}
			pass.columns = append(pass.columns, column)
		}
	}
	// The garbage of the last pass is not this one's.
	runtime.GC()
	begin := time.Now()
	err := runner.open(&pass)
	nanoseconds := time.Since(begin).Nanoseconds()
	fold := pass.fold
	answer := fmt.Sprintf("ok %d %d %d %x", nanoseconds, fold.records, fold.fields, fold.checksum)
	return answer, err
}

// open gives a pass its input and runs it; opening a file is part of the pass.
func (runner *runner) open(pass *pass) error {
	switch pass.model {
	case "file-read":
		file, err := os.Open(runner.path)
		if err != nil {
			return err
		}
		defer file.Close()
		pass.input, pass.path = file, runner.path
	case "count", "fields", "project":
		pass.data, pass.input = runner.data, bytes.NewReader(runner.data)
	default:
		return fmt.Errorf("it does not do %s", pass.model)
	}
	return runner.engine(pass)
}
