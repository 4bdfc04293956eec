// Package delimited reads text files of rows and columns, such as CSV. It finds the encoding and the delimiter, and splits the text into rows and fields, many at a time.
// It does not know the meaning of the fields. It follows the rules of contract/RULES.md, as the notebook does.
package delimited

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"unicode/utf8"
)

// Encoding is how a text's characters are written, named as in import_profile.json.
type Encoding string

// The encodings that are read. UTF-16 has one name with and without a byte order mark.
const (
	UTF8        Encoding = "utf-8"
	UTF8BOM     Encoding = "utf-8-bom"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	Windows1252 Encoding = "windows-1252"
	// These are never found: somebody has to name them.
	Windows1250 Encoding = "windows-1250"
	Windows1251 Encoding = "windows-1251"
	Windows1254 Encoding = "windows-1254"
	ISO8859_1   Encoding = "iso-8859-1"
	ISO8859_2   Encoding = "iso-8859-2"
	ISO8859_15  Encoding = "iso-8859-15"
	Macintosh   Encoding = "macintosh"
	IBM850      Encoding = "ibm850"
)

// HeadBytes is how much of a file's beginning decides on its delimiter, and on UTF-16 without a mark.
const HeadBytes = 64 << 10

// wholeBytes is how much is read at a time where the whole file is looked at.
const wholeBytes = 256 << 10

// roomFor is a buffer for a text that is looked at as a whole: a short one takes no more than it needs.
func roomFor(src *io.SectionReader) []byte { return make([]byte, min(src.Size()+1, wholeBytes)) }

// encodingAs is the encoding as somebody has named it, and the length of its mark in the head. A name that is none of ours
// is not known.
func encodingAs(given Encoding, head []byte) (encoding Encoding, mark int, known bool) {
	marked, mark := encodingOf(head)
	switch {
	case given == UTF8 && marked == UTF8BOM:
		return UTF8BOM, mark, true
	case (given == UTF16LE || given == UTF16BE) && given == marked:
		return given, mark, true
	case given == UTF8, given == UTF16LE, given == UTF16BE, charmaps[given] != nil:
		return given, 0, true
	}
	return "", 0, false
}

// encodingOf finds the encoding by a file's head, and the length of its byte order mark. What is neither marked nor
// UTF-16 comes out as UTF8, to be confirmed over the whole file.
func encodingOf(head []byte) (encoding Encoding, mark int) {
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		return UTF8BOM, 3
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		return UTF16LE, 2
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return UTF16BE, 2
	}
	var nuls [2]int
	for i := 0; ; i++ {
		next := bytes.IndexByte(head[i:], 0)
		if next < 0 {
			break
		}
		i += next
		if i < len(head)&^1 {
			nuls[i&1]++
		}
	}
	// Latin letters, digits and signs have a NUL as their upper byte, and hardly any character has one as its lower.
	pairs := len(head) / 2
	switch {
	case pairs < 2:
	case nuls[1]*2 >= pairs && nuls[0]*100 <= pairs:
		return UTF16LE, 0
	case nuls[0]*2 >= pairs && nuls[1]*100 <= pairs:
		return UTF16BE, 0
	}
	return UTF8, 0
}

// Head is the encoding as far as the head tells it, and whether the head has bytes that no text has: such a file is
// something else. A head that is no UTF-8 and has no character of several bytes in it is Windows-1252.
func Head(head []byte) (encoding Encoding, binary bool) {
	head = head[:min(len(head), HeadBytes)]
	encoding, _ = encodingOf(head)
	if encoding != UTF8 {
		return encoding, false
	}
	control := 0
	for _, c := range head {
		if c < ' ' && (c < '\t' || c > '\r') && c != 0x1A && c != 0x1B {
			control++
		}
	}
	if valid := validPrefix(head); valid < len(head) && !(len(head) == HeadBytes && cutRune(head[valid:])) {
		if several, _ := severalIn(head); !several {
			encoding = Windows1252
		}
	}
	return encoding, control > 2 && control*50 >= len(head)
}

// validUTF8 reads a text to its end and says whether it is valid UTF-8, and if so, whether a quotation mark stands behind a
// backslash anywhere.
func validUTF8(ctx context.Context, src *io.SectionReader) (valid, escaped bool, err error) {
	buf := roomFor(src)
	kept := 0
	var last byte
	for {
		if err := ctx.Err(); err != nil {
			return false, false, err
		}
		n, err := src.Read(buf[kept:])
		text := buf[:kept+n]
		if !escaped && n > 0 {
			escaped = bytes.Contains(text, escapedQuote) || last == '\\' && text[kept] == '"'
			last = text[len(text)-1]
		}
		if !utf8.Valid(text) {
			rest := text[validPrefix(text):]
			if !cutRune(rest) {
				return false, false, nil
			}
			kept = copy(buf, rest)
		} else {
			kept = 0
		}
		switch {
		case errors.Is(err, io.EOF):
			return kept == 0, escaped, nil
		case err != nil:
			return false, false, err
		}
	}
}

// severalBytes reads a text until it has found a character of several bytes in UTF-8, which a text in another encoding has by
// chance only, and says whether there is one.
func severalBytes(ctx context.Context, src *io.SectionReader) (bool, error) {
	buf := roomFor(src)
	kept := 0
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := src.Read(buf[kept:])
		found, looked := severalIn(buf[:kept+n])
		if found || errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return false, err
		}
		kept = copy(buf, buf[looked:kept+n])
	}
}

// severalIn is severalBytes of a piece of text, of which it has looked at some bytes: a character may go on behind it.
func severalIn(text []byte) (found bool, looked int) {
	for at := 0; ; at++ {
		if at += highByte(text[at:]); at == len(text) || cutRune(text[at:]) {
			return false, at
		}
		if r, size := utf8.DecodeRune(text[at:]); r != utf8.RuneError || size > 1 {
			return true, at
		}
	}
}

// highByte is the place of the first byte that is no ASCII; the text's length where there is none.
func highByte(text []byte) int {
	i := 0
	for ; len(text)-i >= 8; i += 8 {
		if high := binary.LittleEndian.Uint64(text[i:]) & highBits; high != 0 {
			return i + bits.TrailingZeros64(high)>>3
		}
	}
	for i < len(text) && text[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// validPrefix is the number of bytes up to the first one that is no UTF-8.
func validPrefix(b []byte) int {
	const step = 4096
	done := 0
	for len(b)-done > step {
		n := step
		for n > step-utf8.UTFMax && !utf8.RuneStart(b[done+n]) {
			n--
		}
		if !utf8.Valid(b[done : done+n]) {
			break
		}
		done += n
	}
	for done < len(b) {
		r, size := utf8.DecodeRune(b[done:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		done += size
	}
	return done
}

// cutRune says whether b is the beginning of a character that goes on behind it.
func cutRune(b []byte) bool {
	return len(b) > 0 && len(b) < utf8.UTFMax && !utf8.FullRune(b)
}

// Start is the beginning of a text in UTF-8, without its mark, as far as it can be decoded: a kilobyte at most.
func Start(head []byte, encoding Encoding) []byte {
	_, mark := encodingOf(head)
	start := make([]byte, 1024)
	n, _ := io.ReadFull(newDecoder(bytes.NewReader(head[mark:min(len(head), mark+2048)]), encoding), start)
	return start[:n]
}
