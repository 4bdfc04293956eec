package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
)

// The files whose cells don't fit into the memory that the profile may take: millions of texts that are all different,
// and columns by the hundred.
var hard = []struct {
	name string
	rows int
}{
	{"texts-1000000x8.xlsx", 1_000_000}, {"texts-1000000x18.csv", 1_000_000}, {"numbers-100000x200.csv", 100_000},
}

// memory measures what the hard files take.
func (b *bench) memory(ctx context.Context, _ others) error {
	fmt.Printf("\nFiles with more in them than fits into the memory: different texts of 40 characters, different numbers (rows x columns)\n\n")
	fmt.Println("| file | size | wall s | CPU s | peak MB |\n|---|---|---:|---:|---:|")
	for _, f := range hard {
		path, err := b.made(ctx, f.name)
		if err != nil {
			return err
		}
		s, err := measureProcess(ctx, b.profile(path).command)
		if err != nil {
			return err
		}
		if s.rows != int64(f.rows) {
			return fmt.Errorf("the profile of %s found %d rows", f.name, s.rows)
		}
		fmt.Printf("| %s | %s | %.3f | %.3f | %d |\n", f.name, sizes(path), s.wall.Seconds(), s.cpu.Seconds(), s.peak>>20)
		b.goal(s.peak <= 128<<20, "peak memory of "+f.name, "at most 128 MB", "%d MB", s.peak>>20)
	}
	return nil
}

// generateHard writes a hard file such as texts-1000x18.csv; it is not done where the name asks for another one.
func generateHard(path string) (done bool, err error) {
	var kind string
	var rows, columns int
	name := filepath.Base(path)
	if n, _ := fmt.Sscanf(name, "texts-%dx%d.", &rows, &columns); n == 2 {
		kind = "texts"
	} else if n, _ := fmt.Sscanf(name, "numbers-%dx%d.", &rows, &columns); n == 2 {
		kind = "numbers"
	} else {
		return false, nil
	}
	value := appendText
	if kind == "numbers" {
		value = appendNumber
	}
	if filepath.Ext(path) == ".csv" {
		return true, writeGrid(path, rows, columns, value)
	}
	if kind == "numbers" || columns > 26 {
		return true, fmt.Errorf("%s: a workbook is made of texts, in at most 26 columns", name)
	}
	return true, writeTexts(path, rows, columns)
}

// appendText appends the text of number i: 40 characters that no other has, and that hardly compress.
func appendText(b []byte, i int) []byte {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
	start := len(b)
	b = strconv.AppendInt(append(b, 'x'), int64(i), 36)
	b = append(b, '.')
	for x := mixed(i); len(b)-start < 40; x = x*6364136223846793005 + 1442695040888963407 {
		b = append(b, letters[x>>58])
	}
	return b
}

// appendNumber appends one of a thousand million numbers with six places.
func appendNumber(b []byte, i int) []byte {
	return strconv.AppendFloat(b, float64(mixed(i)%1_000_000_000)/1e6, 'f', 6, 64)
}

func mixed(i int) uint64 {
	x := uint64(i+1) * 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	return x ^ x>>31
}

// writeGrid writes a table as text.
func writeGrid(path string, rows, columns int, value func([]byte, int) []byte) error {
	return create(path, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 1<<20)
		var line []byte
		for r := -1; r < rows; r++ {
			line = line[:0]
			for c := range columns {
				if c > 0 {
					line = append(line, ';')
				}
				if r < 0 {
					line = fmt.Appendf(line, "column_%d", c+1)
				} else {
					line = value(line, r*columns+c)
				}
			}
			if _, err := b.Write(append(line, '\n')); err != nil {
				return err
			}
		}
		return b.Flush()
	})
}

// writeTexts writes a workbook whose cells all have a text of their own.
func writeTexts(path string, rows, columns int) error {
	const namespace = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	return writePackage(path, func(b *bufio.Writer) error {
		_, _ = b.WriteString(head + `<worksheet ` + namespace + `><sheetData>`)
		var line []byte
		for r := range rows + 1 {
			line = fmt.Appendf(line[:0], `<row r="%d" spans="1:%d">`, r+1, columns)
			for c := range columns {
				line = fmt.Appendf(line, `<c r="%c%d" t="s"><v>%d</v></c>`, 'A'+c, r+1, r*columns+c)
			}
			if _, err := b.Write(append(line, "</row>"...)); err != nil {
				return err
			}
		}
		_, err := b.WriteString(`</sheetData></worksheet>`)
		return err
	}, func(b *bufio.Writer) error {
		n := (rows + 1) * columns
		fmt.Fprintf(b, head+`<sst %s count="%d" uniqueCount="%d">`, namespace, n, n)
		var line []byte
		for i := range n {
			line = append(line[:0], "<si><t>"...)
			if i < columns {
				line = fmt.Appendf(line, "column_%d", i+1)
			} else {
				line = appendText(line, i)
			}
			if _, err := b.Write(append(line, "</t></si>"...)); err != nil {
				return err
			}
		}
		_, err := b.WriteString("</sst>")
		return err
	})
}
