package delimited

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
)

// Dialect is how a text file is written.
type Dialect struct {
	Encoding  Encoding
	Delimiter byte  // one of , ; tab |
	start     int64 // bytes before the first row: the byte order mark
	sepLine   bool  // a line sep=X stands before the first row
}

// The delimiters, in the order in which they are taken when nothing speaks for one of them more than for another.
// Commas occur in texts and numbers, so that the others count twice.
var delimiters = [...]struct {
	char   byte
	weight int
}{{';', 2}, {'\t', 2}, {'|', 2}, {',', 1}}

// sampleRows is how many rows decide on the delimiter.
const sampleRows = 1000

// Detect finds the dialect of a file of size bytes. Its encoding is confirmed over the whole file, as a first byte that
// is no UTF-8 may stand in its last row; with headOnly the head alone decides, which is enough to show the first rows.
func Detect(ctx context.Context, src io.ReaderAt, size int64, headOnly bool) (Dialect, error) {
	head := make([]byte, min(size, HeadBytes))
	n, err := src.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Dialect{}, err
	}
	d := sniff(head[:n], size > int64(n))
	if d.Encoding != UTF8 {
		return d, nil
	}
	if headOnly {
		d.Encoding, _ = Head(head[:n])
		return d, nil
	}
	valid, err := validUTF8(ctx, io.NewSectionReader(src, 0, size))
	if err != nil {
		return d, err
	}
	if !valid {
		d.Encoding = Windows1252
	}
	return d, nil
}

// sniff finds the dialect by the head; more says that the file goes on behind it.
func sniff(head []byte, more bool) Dialect {
	d := Dialect{Delimiter: ','}
	var mark int
	d.Encoding, mark = encodingOf(head)
	d.start = int64(mark)
	sample := head[mark:]
	if d.Encoding == UTF16LE || d.Encoding == UTF16BE {
		var text bytes.Buffer
		// What can't be decoded is told by the reading of the rows.
		_, _ = text.ReadFrom(newDecoder(bytes.NewReader(sample), d.Encoding))
		sample = text.Bytes()
	}
	if char, ok := sepLine(sample); ok {
		d.Delimiter, d.sepLine = char, true
		return d
	}
	var widths [len(delimiters)][]int
	for i, candidate := range delimiters {
		if bytes.IndexByte(sample, candidate.char) >= 0 { // else it scores nothing
			widths[i] = sampleWidths(sample, candidate.char, more)
		}
	}
	for _, score := range [...]func([]int) int{headerScore, bodyScore} {
		best := 0
		for i, candidate := range delimiters {
			if s := score(widths[i]) * candidate.weight; s > best {
				best, d.Delimiter = s, candidate.char
			}
		}
		if best > 0 {
			break
		}
	}
	return d
}

// sepLine reads a first line sep=X, with which Excel is told the delimiter.
func sepLine(text []byte) (delimiter byte, ok bool) {
	end := bytes.IndexAny(text[:min(len(text), 16)], "\r\n")
	if end < 0 {
		end = min(len(text), 16)
	}
	line := string(text[:end])
	if len(line) == 7 && line[0] == '"' && line[6] == '"' {
		line = line[1:6]
	}
	if len(line) != 5 || !strings.EqualFold(line[:4], "sep=") || strings.IndexByte(",;\t|", line[4]) < 0 {
		return 0, false
	}
	return line[4], true
}

// headerScore counts the rows with as many fields as the first, times the delimiters in it.
func headerScore(widths []int) int {
	if len(widths) == 0 {
		return 0
	}
	rows := 0
	for _, w := range widths {
		if w == widths[0] {
			rows++
		}
	}
	return rows * (widths[0] - 1)
}

// bodyScore is headerScore with the most frequent number of fields, for files with a title above the header. With two
// fields a text column with one delimiter in each text would look the same.
func bodyScore(widths []int) int {
	counts := map[int]int{}
	most := 0
	for _, w := range widths {
		counts[w]++
	}
	for w, count := range counts {
		if count > counts[most] || count == counts[most] && w > most {
			most = w
		}
	}
	if most < 3 {
		return 0
	}
	return counts[most] * (most - 1)
}

// sampleWidths are the numbers of fields of the sample's rows, without blank lines. Quotation marks that don't match are
// passed over here: the reading of the rows tells of them.
func sampleWidths(sample []byte, delimiter byte, more bool) []int {
	var widths []int
	width, empty := 1, true
	begin, quoted := true, false // at the beginning of a field; within quotation marks
	end := func() {
		if width > 1 || !empty {
			widths = append(widths, width)
		}
		width, empty, begin = 1, true, true
	}
	last := 0 // the number of rows at the last row's end
	i := 0
	for ; i < len(sample) && len(widths) <= sampleRows; i++ {
		c := sample[i]
		switch {
		case quoted && c == '"' && i+1 < len(sample) && sample[i+1] == '"':
			i++
			empty = false
		case quoted && c == '"':
			quoted = false
		case quoted:
			empty = false
		case c == '"' && begin:
			quoted, begin = true, false
		case c == delimiter:
			width, begin = width+1, true
		case c == '\n' || c == '\r':
			if c == '\r' && i+1 < len(sample) && sample[i+1] == '\n' {
				i++
			}
			end()
			last = i + 1
		default:
			empty, begin = false, false
		}
	}
	if last < len(sample) && len(widths) <= sampleRows {
		end()
	}
	// The head may end within a row.
	if more && len(widths) > 1 && len(widths) <= sampleRows {
		widths = widths[:len(widths)-1]
	}
	return widths[:min(len(widths), sampleRows)]
}
