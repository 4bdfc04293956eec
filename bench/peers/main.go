// Command peers is our side of "make peers": it profiles the files whose paths it reads from standard input, one a line,
// and prints one line of JSON for each. compare.py starts it, shows the same files to the readers of others, and sorts the
// differences.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// answer is what is told of a file.
type answer struct {
	Path    string `json:"path"`
	Format  string `json:"format,omitempty"`
	Refused string `json:"refused,omitempty"` // the sentence, where the file can't be read
	Panic   bool   `json:"panic,omitempty"`   // the reader has failed, whatever the sentence says
	Stopped string `json:"stopped,omitempty"` // why the file was not read to its end

	Encoding  string   `json:"encoding,omitempty"` // of a text file, as is the delimiter
	Delimiter string   `json:"delimiter,omitempty"`
	Sheet     string   `json:"sheet,omitempty"`
	Header    int      `json:"header"` // number of the header row; 0 where there is none
	Rows      int64    `json:"rows"`
	Columns   []column `json:"columns"`
	LeftOut   []string `json:"left_out,omitempty"`
}

// isFault recognises the sentences that a recovered panic gives.
func isFault(err error) bool { return strings.Contains(err.Error(), "fault of this program") }

// column is what the profile says of a column, and the tally of its cells, by which readers can be compared whatever they
// call a type.
type column struct {
	Name  string   `json:"name"`
	Type  string   `json:"type"`
	Nulls int64    `json:"nulls"`
	Total *float64 `json:"total,omitempty"` // sum of a column of numbers, as the profile has it
	Least any      `json:"least,omitempty"`
	Most  any      `json:"most,omitempty"`
	tally
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		if err := out.Encode(profiled(context.Background(), in.Text())); err != nil {
			fmt.Fprintln(os.Stderr, "peers:", err)
			os.Exit(1)
		}
	}
}

// profiled reads a file once for the profile and for the tallies.
func profiled(ctx context.Context, path string) *answer {
	a := &answer{Path: path}
	if err := a.read(ctx, path); err != nil {
		a.Refused, a.Panic = err.Error(), isFault(err)
	}
	return a
}

func (a *answer) read(ctx context.Context, path string) (err error) {
	defer spreadsheet.Recovered(path, &err)
	file, err := scan.Open(ctx, spreadsheet.Disk(path), scan.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	a.Format = string(file.Format())
	p := profile.New(ctx, file, profile.Options{SampleRows: -1})
	defer p.Close()
	counts := &counter{}
	if err := file.Read(ctx, p, counts); err != nil {
		return err
	}
	result, err := p.Finish(ctx)
	if err != nil {
		return err
	}
	doc := result.Profile
	a.Rows, a.LeftOut = doc.RowCount, doc.LeftOutColumns
	if doc.Sheet != nil {
		a.Sheet = *doc.Sheet
	}
	if doc.HeaderRow != nil {
		a.Header = int(*doc.HeaderRow)
	}
	if doc.File.Text != nil {
		a.Encoding, a.Delimiter = doc.File.Text.Encoding, doc.File.Text.Delimiter
	}
	if incomplete := file.Incomplete(); incomplete != nil {
		a.Stopped, a.Panic = incomplete.Error(), isFault(incomplete)
	}
	for i, c := range doc.Columns {
		known := column{Name: c.Name, Type: c.Type, Nulls: c.NullCount, Least: c.Min, Most: c.Max, tally: counts.of(i)}
		if c.Numbers != nil {
			known.Total = &c.Numbers.Sum
		}
		a.Columns = append(a.Columns, known)
	}
	return nil
}
