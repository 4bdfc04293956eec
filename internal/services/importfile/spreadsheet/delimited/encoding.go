// Package delimited reads text files of rows and columns (CSV and its relatives): it finds encoding and delimiter and
// splits the text into rows and fields, many at a time. It knows nothing of what the fields mean. The rules that it
// follows are those of contract/RULES.md, which the notebook follows as well.
package delimited

import (
	"bytes"
	"context"
	"errors"
	"io"
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
)

// HeadBytes is how much of a file's beginning decides on its delimiter, and on UTF-16 without a mark.
const HeadBytes = 64 << 10

// wholeBytes is how much is read at a time where the whole file is looked at.
const wholeBytes = 256 << 10

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
// something else. A head that is no UTF-8 is Windows-1252.
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
		encoding = Windows1252
	}
	return encoding, control > 2 && control*50 >= len(head)
}

// validUTF8 reads a text to its end and says whether it is valid UTF-8.
func validUTF8(ctx context.Context, src io.Reader) (bool, error) {
	buf := make([]byte, wholeBytes)
	kept := 0
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := src.Read(buf[kept:])
		text := buf[:kept+n]
		if !utf8.Valid(text) {
			rest := text[validPrefix(text):]
			if !cutRune(rest) {
				return false, nil
			}
			kept = copy(buf, rest)
		} else {
			kept = 0
		}
		switch {
		case errors.Is(err, io.EOF):
			return kept == 0, nil
		case err != nil:
			return false, err
		}
	}
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
