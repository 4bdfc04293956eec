package spreadsheet

import (
	"errors"
	"fmt"
)

// maxSharedStrings bounds the number of shared strings, for empty ones cost no bytes of text.
const maxSharedStrings = 1 << 26

// sharedStrings holds the workbook's shared strings one after the other.
type sharedStrings struct {
	arena []byte
	ends  []uint32
	err   error // why the table is not whole; strings before the damage are still good
}

// at is string i; ok is false where the table has none.
func (s *sharedStrings) at(i uint64) (text []byte, ok bool) {
	if i >= uint64(len(s.ends)) {
		return nil, false
	}
	var from uint32
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.arena[from:s.ends[i]:s.ends[i]], true
}

// readSharedStrings reads the table as far as it goes. It takes no count from the file.
func readSharedStrings(a *archive, name string, canceled func() error) *sharedStrings {
	s := &sharedStrings{}
	if name == "" || !a.has(name) {
		return s
	}
	p, err := a.open(name)
	if err != nil {
		s.err = err
		return s
	}
	defer func() { _ = p.Close() }()
	x, err := newXMLReader(p)
	if err != nil {
		s.err = err
		return s
	}
	s.err = s.read(x, a.limits, canceled)
	return s
}

func (s *sharedStrings) read(x *xmlReader, limits Limits, canceled func() error) error {
	limit := min(limits.SharedBytes, 1<<32-1)
	for {
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
			start := len(s.arena)
			s.arena, err = appendRichText(x, s.arena, limits.CellBytes)
			if err != nil {
				s.arena = s.arena[:start]
				return err
			}
			if int64(len(s.arena)) > limit || len(s.ends) == maxSharedStrings {
				s.arena = s.arena[:start]
				return errors.New("its texts are longer than the limit")
			}
			s.ends = append(s.ends, uint32(len(s.arena)))
			if len(s.ends)%4096 == 0 {
				if err := canceled(); err != nil {
					return err
				}
			}
		}
	}
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
