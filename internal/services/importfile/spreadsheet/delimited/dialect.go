package delimited

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// Dialect is how a text file is written.
type Dialect struct {
	Encoding  Encoding
	Delimiter rune
	Quoting   Quoting
	start     int64 // bytes before the first row: the byte order mark
	sepLine   bool  // a line sep=X stands before the first row
	// Escaped is, where BackslashQuotes was found, how many quotation marks stand behind a backslash in what was looked at.
	Escaped int64
	recode  bool // bytes that are no UTF-8 are read as Windows-1252
}

// Quoting is how quotation marks stand in a text, named as in read_options. The empty one is DoubledQuotes.
type Quoting string

// The ways of quoting.
const (
	DoubledQuotes   Quoting = "double"    // "" within quotation marks is one
	BackslashQuotes Quoting = "backslash" // \" is one, too, and \\ a backslash
	NoQuotes        Quoting = "none"      // a quotation mark is a character
)

// Given is what somebody says of a text file. What is empty is found.
type Given struct {
	Encoding  Encoding
	Delimiter rune
	Quoting   Quoting
}

// The delimiters, in the order in which they are taken when nothing speaks for one of them more than for another.
// Commas occur in texts and numbers, so that the others count twice.
var delimiters = [...]struct {
	char   byte
	weight int
}{{';', 2}, {'\t', 2}, {'|', 2}, {',', 1}}

// sampleRows is how many rows decide on the delimiter.
const sampleRows = 1000

// Detect finds the dialect of a file of size bytes, as far as it is not given. Its encoding and quoting are confirmed over the
// whole file, as a first byte that is no UTF-8 may stand in its last row; with headOnly the head alone decides, which is
// enough to show the first rows.
func Detect(ctx context.Context, src io.ReaderAt, size int64, headOnly bool, given Given) (Dialect, error) {
	head := make([]byte, min(size, HeadBytes))
	n, err := src.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Dialect{}, err
	}
	head = head[:n]
	d, known := sniff(head, size > int64(n), given)
	valid, escaped := false, false
	err = nil // the file may end within the head
	switch {
	case known:
		d.recode = given.Encoding == UTF8
	case d.Encoding != UTF8:
	case headOnly:
		d.Encoding, _ = Head(head)
		d.recode = true // bytes that are no UTF-8 may stand behind the head
	default:
		if valid, escaped, err = validUTF8(ctx, io.NewSectionReader(src, 0, size)); err == nil && !valid {
			if d.recode, err = severalBytes(ctx, io.NewSectionReader(src, 0, size)); !d.recode {
				d.Encoding = Windows1252
			}
		}
	}
	if err != nil || given.Quoting == d.Quoting {
		return d, err
	}
	whole := !headOnly || size <= int64(n)
	if headOnly {
		src, size = bytes.NewReader(head), int64(n)
	}
	if valid && !escaped {
		return d, nil
	}
	err = d.findQuoting(ctx, src, size, whole)
	return d, err
}

// sniff finds the dialect by the head; more says that the file goes on behind it. Known says that the encoding is the given
// one.
func sniff(head []byte, more bool, given Given) (d Dialect, known bool) {
	d = Dialect{Delimiter: ',', Quoting: given.Quoting}
	if d.Quoting != BackslashQuotes && d.Quoting != NoQuotes {
		d.Quoting = DoubledQuotes
	}
	var mark int
	if d.Encoding, mark, known = encodingAs(given.Encoding, head); !known {
		d.Encoding, mark = encodingOf(head)
	}
	d.start = int64(mark)
	sample := head[mark:]
	if d.Encoding != UTF8 && d.Encoding != UTF8BOM {
		var text bytes.Buffer
		// What can't be decoded is told by the reading of the rows.
		_, _ = text.ReadFrom(newDecoder(bytes.NewReader(sample), d.Encoding))
		sample = text.Bytes()
	}
	char, ok := sepLine(sample, given.Delimiter)
	switch d.sepLine = ok; {
	case given.Delimiter != 0:
		d.Delimiter = given.Delimiter
		return d, known
	case ok:
		d.Delimiter = char
		return d, known
	}
	var widths [len(delimiters)][]int
	for i, candidate := range delimiters {
		if bytes.IndexByte(sample, candidate.char) >= 0 { // else it scores nothing
			widths[i] = sampleWidths(sample, candidate.char, d.Quoting, more)
		}
	}
	for _, score := range [...]func([]int) int{headerScore, bodyScore} {
		best := 0
		for i, candidate := range delimiters {
			if s := score(widths[i]) * candidate.weight; s > best {
				best, d.Delimiter = s, rune(candidate.char)
			}
		}
		if best > 0 {
			break
		}
	}
	return d, known
}

// sepLine reads a first line sep=X, with which Excel is told the delimiter: one of ours, or the given one.
func sepLine(text []byte, given rune) (delimiter rune, ok bool) {
	end := bytes.IndexAny(text[:min(len(text), 16)], "\r\n")
	if end < 0 {
		end = min(len(text), 16)
	}
	line := string(text[:end])
	if len(line) > 2 && line[0] == '"' && line[len(line)-1] == '"' {
		line = line[1 : len(line)-1]
	}
	if len(line) < 5 || !strings.EqualFold(line[:4], "sep=") {
		return 0, false
	}
	char, size := utf8.DecodeRuneInString(line[4:])
	if 4+size != len(line) || char != given && !strings.ContainsRune(",;\t|", char) {
		return 0, false
	}
	return char, true
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
func sampleWidths(sample []byte, delimiter byte, quoting Quoting, more bool) []int {
	var widths []int
	s := splitter{delimiter: delimiter, quoting: quoting, end: true}
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
		case quoted && c == '\\' && quoting == BackslashQuotes && i+1 < len(sample) && (sample[i+1] == '"' || sample[i+1] == '\\'):
			i++
			empty = false
		case quoted && c == '"' && i+1 < len(sample) && sample[i+1] == '"':
			i++
			empty = false
		case quoted && c == '"':
			quoted = false
		case quoted:
			empty = false
		case c == '"' && begin && quoting != NoQuotes:
			quoted, begin = true, false
		case begin && isBlank(c, delimiter) && quoting != NoQuotes:
			begin = false
			closed := max(s.spacedQuote(sample, i), i+1)
			empty = empty && string(bytes.Trim(sample[i:closed], " \t")) == `""`
			i = closed - 1
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
