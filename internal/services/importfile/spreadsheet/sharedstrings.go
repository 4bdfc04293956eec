package spreadsheet

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// maxSharedStrings bounds the number of shared strings.
const maxSharedStrings = 1 << 26

// textCost is what this table and the profile's keep for each text in memory, in bytes.
const textCost = 20

// sharedStrings is the workbook's table of texts: as many of its first ones as fit are kept in memory, the others on disk.
// Cells refer to texts in memory, and have their own where it is on disk.
type sharedStrings struct {
	texts  cells.Texts
	rest   *textFile // the texts behind those; nil where there are none
	bytes  int64
	unread bool  // the table is read once it is known how much of it is needed
	err    error // why the table is not whole; texts before the damage are still good
}

// count is the number of texts to which a cell may refer.
func (s *sharedStrings) count() int {
	switch {
	case s.unread:
		return maxSharedStrings
	case s.rest != nil:
		return s.texts.Len() + s.rest.n
	}
	return s.texts.Len()
}

// close gives back what the table has on disk.
func (s *sharedStrings) close() error {
	if s.rest == nil {
		return nil
	}
	return s.rest.close()
}

// readSharedStrings reads the table as far as it goes, or up to so many texts. It takes no count from the file.
func readSharedStrings(a *archive, name string, most int, canceled func() error) *sharedStrings {
	s := &sharedStrings{}
	if name == "" || !a.has(name) || most == 0 {
		return s
	}
	p, err := a.open(name)
	if err != nil {
		s.err = err
		return s
	}
	defer func() { _ = p.Close() }()
	x, err := p.xml(most > maxSharedStrings)
	if err != nil {
		s.err = err
		return s
	}
	s.err = s.read(x, a.limits, most, canceled)
	if s.rest != nil {
		s.err = errors.Join(s.err, s.rest.end())
	}
	return s
}

func (s *sharedStrings) read(x *xmlReader, limits Limits, most int, canceled func() error) error {
	var text []byte
	for s.count() < most {
		if x.depth() == 1 && !x.pending && !x.faulty {
			if err := s.scan(x, limits, most, canceled); err != nil {
				return err
			}
		}
		kind, err := x.next()
		if err != nil {
			return err
		}
		switch {
		case kind == tokenEOF:
			return nil
		case kind != tokenStart:
		case x.depth() == 1 && string(x.name) != "sst":
			return fmt.Errorf("<%s> is no table of strings", clip(x.name))
		case x.depth() == 2 && string(x.name) == "si":
			if text, err = appendRichText(x, text[:0], min(limits.CellBytes, cells.MaxTextBytes)); err != nil {
				return err
			}
			if err := s.add(text, limits); err != nil {
				return err
			}
			if s.count()%4096 == 0 {
				if err := canceled(); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *sharedStrings) add(text []byte, limits Limits) error {
	if s.bytes += int64(len(text)) + textCost; s.bytes > limits.SharedBytes || s.count() == maxSharedStrings {
		return errors.New("its texts are longer than the limit")
	}
	if s.bytes <= limits.SharedMemory && s.rest == nil {
		s.texts.Add(text)
		return nil
	}
	if s.rest == nil {
		var err error
		if s.rest, err = newTextFile(); err != nil {
			return err
		}
	}
	return s.rest.add(text)
}

// How nearly all texts of a table are written.
const (
	plainText    = "<si><t>"
	preserveText = `<si><t xml:space="preserve">`
	textEnd      = "</t></si>"
)

// scan takes texts in the form in which nearly all are written, straight from the tokenizer's buffer: it stops before
// whatever else comes, which is left to the tokenizer.
func (s *sharedStrings) scan(x *xmlReader, limits Limits, most int, canceled func() error) error {
	longest := min(limits.CellBytes, cells.MaxTextBytes)
	var text []byte
	for s.count() < most {
		buf := x.buf[x.pos:x.end]
		i := 0
		switch {
		case len(buf) < cellRoom:
		case string(buf[:len(plainText)]) == plainText:
			i = len(plainText)
		case string(buf[:len(preserveText)]) == preserveText:
			i = len(preserveText)
		default:
			return nil
		}
		n, plain := 0, false
		if i > 0 {
			n, plain = textLength(buf[i:])
		}
		if i == 0 || n < 0 || len(buf)-i-n < len(textEnd) {
			if len(buf) > len(x.buf)/2 || x.srcErr != nil {
				return nil //nolint:nilerr // the tokenizer meets the source's end, and says what it means there
			}
			if err := canceled(); err != nil {
				return err
			}
			if x.more(x.pos) != nil {
				return nil //nolint:nilerr // the tokenizer meets it too, and says what it means there
			}
			continue
		}
		raw := buf[i : i+n]
		if n > longest || string(buf[i+n:i+n+len(textEnd)]) != textEnd {
			return nil
		}
		if !plain {
			if checkText(raw) != nil {
				return nil //nolint:nilerr // the tokenizer meets it too, and says what is wrong
			}
			text = appendText(text[:0], raw)
			raw = unescape(text)
		}
		if err := s.add(raw, limits); err != nil {
			return err
		}
		x.pos += i + n + len(textEnd)
	}
	return nil
}

// plainByte says of a byte that it stands for itself in a text, whatever comes before or after it.
var plainByte = func() (plain [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		plain[c] = c != '<' && c != '&' && c != '_'
	}
	return plain
}()

// textLength is the length of the text at the beginning of b, up to the next tag, and whether it stands as it is read; the
// length is negative where b ends before the text does.
func textLength(b []byte) (n int, plain bool) {
	for i, c := range b {
		if !plainByte[c] {
			if c == '<' {
				return i, true
			}
			break
		}
	}
	return bytes.IndexByte(b, '<'), false
}

// appendRichText reads an <si> or <is> element, whose start tag was read last, and appends its text: that of its <t>
// and of those of its runs <r>. Phonetic runs <rPh> say how the text is spoken and are no part of it.
func appendRichText(x *xmlReader, dst []byte, limit int) ([]byte, error) {
	start, base := len(dst), x.depth()
	for x.depth() >= base {
		kind, err := x.next()
		if err != nil {
			return dst, err
		}
		if kind != tokenStart {
			continue
		}
		switch {
		case string(x.name) == "t" && (x.depth() == base+1 || x.depth() == base+2):
			at := len(dst)
			if dst, err = appendElementText(x, dst, start+limit); err != nil {
				return dst, err
			}
			dst = dst[:at+len(unescape(dst[at:]))]
		case string(x.name) == "r" && x.depth() == base+1:
		default:
			if err := x.skip(); err != nil {
				return dst, err
			}
		}
	}
	return dst, nil
}

// appendElementText reads the element whose start tag was read last and appends its text, without that of elements in it.
func appendElementText(x *xmlReader, dst []byte, limit int) ([]byte, error) {
	for base := x.depth(); x.depth() >= base; {
		kind, err := x.next()
		if err != nil {
			return dst, err
		}
		switch {
		case kind == tokenText && x.cdata:
			dst = append(dst, x.text...)
		case kind == tokenText:
			dst = appendText(dst, x.text)
		case kind == tokenStart:
			if err := x.skip(); err != nil {
				return dst, err
			}
		}
		if len(dst) > limit {
			return dst, errors.New("a cell's text is longer than the limit")
		}
	}
	return dst, nil
}
