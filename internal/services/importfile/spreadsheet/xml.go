package spreadsheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// What the tokenizer accepts at most; a workbook needs a small part of it.
const (
	xmlBuffer   = 64 << 10
	largePart   = 256 << 10 // of sheets and tables of texts that are unpacked ahead, at least
	maxXMLTag   = 1 << 20   // bytes of one tag, comment pieces aside
	maxXMLDepth = 256
	maxEntity   = 16 // bytes of an entity, such as &#x1F600;
)

var (
	errXMLCut     = errors.New("the data ends in the middle")
	errAttributes = errors.New("a tag's attributes are malformed")
	errXMLDoctype = errors.New("it holds a document type declaration, which workbooks never have")
)

type tokenKind uint8

const (
	tokenStart tokenKind = iota
	tokenEnd
	tokenText
	tokenEOF
)

// xmlReader is a pull tokenizer for the XML of workbooks. It checks what it passes over (nesting, entities, UTF-8), so
// that a damaged sheet is noticed wherever the damage is. Elements are told by their local names: writers differ in the
// prefixes, and strict workbooks in the namespace.
type xmlReader struct {
	src      io.Reader
	pieces   pieces // what src unpacks ahead, read where it lies; nil where there is nothing of the kind
	buf      []byte
	pos, end int
	srcErr   error

	name    []byte // local name of the start or end tag; valid until the next call of next
	attrs   []byte // raw attributes of the start tag
	text    []byte // raw text of tokenText
	cdata   bool   // the text is a CDATA section
	pending bool   // an end tag is owed for <a/>
	faulty  bool   // malformed attributes were met
	rooted  bool   // a root element was seen

	names []byte // open elements' names, one after the other
	marks []int  // where each of them starts
}

// pieces gives what is unpacked piece by piece: n bytes, of which the inflate.Window before them come right before them in
// the buffer. It is valid until the next call that gives some; an error comes without any.
type pieces interface {
	piece() (buf []byte, n int, err error)
}

func newXMLReader(src io.Reader) (*xmlReader, error) {
	return startXML(&xmlReader{src: src, buf: make([]byte, xmlBuffer)})
}

// startXML finds out how the document is written.
func startXML(x *xmlReader) (*xmlReader, error) {
	for x.end-x.pos < 4 && x.srcErr == nil {
		if err := x.more(x.pos); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
	}
	head := x.buf[x.pos:x.end]
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		x.pos += 3
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{'<', 0, '?', 0}):
		x.decode(head, unicode.LittleEndian)
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}), bytes.HasPrefix(head, []byte{0, '<', 0, '?'}):
		x.decode(head, unicode.BigEndian)
	}
	return x, nil
}

// decode begins again with a document in UTF-16, which the file format allows too. The mark at the beginning is required
// there, but not all programs write one.
func (x *xmlReader) decode(head []byte, order unicode.Endianness) {
	rest := io.MultiReader(bytes.NewReader(bytes.Clone(head)), x.src)
	x.src = transform.NewReader(rest, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
	x.pieces, x.buf, x.pos, x.end, x.srcErr = nil, make([]byte, xmlBuffer), 0, 0, nil
}

// depth is the number of open elements.
func (x *xmlReader) depth() int { return len(x.marks) }

// sharesPrefix says whether the innermost element's name has the root's prefix, or neither has one: it is then of the
// root's namespace.
func (x *xmlReader) sharesPrefix() bool {
	root, own := x.names[:x.marks[1]], x.names[x.marks[len(x.marks)-1]:]
	return string(root[:len(root)-len(localName(root))]) == string(own[:len(own)-len(localName(own))])
}

// next reads the next token. At the end of the data it returns tokenEOF, or an error when elements are still open.
func (x *xmlReader) next() (tokenKind, error) {
	if x.faulty {
		return tokenEOF, errAttributes
	}
	if x.pending {
		x.pending = false
		x.pop()
		return tokenEnd, nil
	}
	for {
		if x.pos == x.end {
			if err := x.more(x.pos); err != nil {
				return tokenEOF, x.atEnd(err)
			}
		}
		if x.buf[x.pos] != '<' {
			if err := x.readText(); err != nil {
				return tokenEOF, err
			}
			if x.depth() == 0 {
				if len(bytes.TrimSpace(x.text)) > 0 {
					return tokenEOF, errors.New("there is text outside the root element")
				}
				continue
			}
			return tokenText, nil
		}
		kind, found, err := x.readMarkup()
		if err != nil || found {
			return kind, err
		}
	}
}

func (x *xmlReader) atEnd(err error) error {
	switch {
	case errors.Is(err, io.EOF) && x.depth() == 0 && x.rooted:
		return nil
	case errors.Is(err, io.EOF):
		return errXMLCut
	}
	return err
}

// readText takes the text up to the next '<', or as much of it as the buffer holds.
func (x *xmlReader) readText() error {
	for {
		window := x.buf[x.pos:x.end]
		if before, _, ok := bytes.Cut(window, []byte{'<'}); ok {
			x.text = before
			break
		}
		// Only a long text is handed over in pieces, and never within an entity, a character or a line break.
		if cut := safeCut(window); len(window) >= xmlBuffer/2 && cut > 0 {
			x.text = window[:cut]
			break
		}
		if err := x.more(x.pos); errors.Is(err, io.EOF) {
			x.text = window
			break
		} else if err != nil {
			return err
		}
	}
	x.pos += len(x.text)
	x.cdata = false
	return checkText(x.text)
}

// readMarkup handles what begins with '<'. found is false for what is passed over.
func (x *xmlReader) readMarkup() (kind tokenKind, found bool, err error) {
	for x.end-x.pos < 2 {
		if err := x.more(x.pos); err != nil {
			return tokenEOF, true, x.cut(err)
		}
	}
	switch x.buf[x.pos+1] {
	case '?':
		return tokenEOF, false, x.skipPast("?>")
	case '!':
		return x.readDeclaration()
	case '/':
		return tokenEnd, true, x.readEndTag()
	}
	return tokenStart, true, x.readStartTag()
}

func (x *xmlReader) cut(err error) error {
	if errors.Is(err, io.EOF) {
		return errXMLCut
	}
	return err
}

func (x *xmlReader) readDeclaration() (tokenKind, bool, error) {
	for x.end-x.pos < len("<![CDATA[") {
		if err := x.more(x.pos); err != nil {
			return tokenEOF, true, x.cut(err)
		}
	}
	switch rest := x.buf[x.pos:x.end]; {
	case bytes.HasPrefix(rest, []byte("<!--")):
		x.pos += len("<!--")
		return tokenEOF, false, x.skipPast("-->")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		if x.depth() == 0 {
			return tokenEOF, true, errors.New("there is text outside the root element")
		}
		offset := len("<![CDATA[")
		for {
			if i := bytes.Index(x.buf[x.pos+offset:x.end], []byte("]]>")); i >= 0 {
				x.text = x.buf[x.pos+offset : x.pos+offset+i]
				x.pos += offset + i + len("]]>")
				x.cdata = true
				if !utf8.Valid(x.text) {
					return tokenEOF, true, errors.New("it holds bytes that are not UTF-8")
				}
				return tokenText, true, nil
			}
			if err := x.more(x.pos); err != nil {
				return tokenEOF, true, x.cut(err)
			}
		}
	}
	return tokenEOF, true, errXMLDoctype
}

// skipPast passes over everything up to and including the mark.
func (x *xmlReader) skipPast(mark string) error {
	for {
		if i := bytes.Index(x.buf[x.pos:x.end], []byte(mark)); i >= 0 {
			x.pos += i + len(mark)
			return nil
		}
		x.pos = max(x.pos, x.end-len(mark)+1)
		if err := x.more(x.pos); err != nil {
			return x.cut(err)
		}
	}
}

func (x *xmlReader) readEndTag() error {
	if x.depth() > 0 {
		// Nearly every end tag is written as it must be: </name>.
		open := x.names[x.marks[len(x.marks)-1]:]
		tag := x.buf[x.pos:x.end]
		if n := len(open) + len("</>"); len(tag) >= n && tag[n-1] == '>' && bytes.Equal(tag[2:n-1], open) {
			x.name = localName(tag[2 : n-1])
			x.pos += n
			x.pop()
			return nil
		}
	}
	n, err := x.tagLength(2)
	if err != nil {
		return err
	}
	full := bytes.TrimRight(x.buf[x.pos+2:x.pos+n-1], " \t\r\n")
	x.pos += n
	if x.depth() == 0 || !bytes.Equal(full, x.names[x.marks[len(x.marks)-1]:]) {
		return fmt.Errorf("</%s> closes what was not opened", clip(full))
	}
	x.pop()
	x.name = localName(full)
	return nil
}

func (x *xmlReader) readStartTag() error {
	n, err := x.tagLength(1)
	if err != nil {
		return err
	}
	tag := x.buf[x.pos+1 : x.pos+n-1]
	x.pos += n
	if len(tag) > 0 && tag[len(tag)-1] == '/' {
		tag = tag[:len(tag)-1]
		x.pending = true
	}
	i := 0
	for i < len(tag) && !isSpace(tag[i]) {
		i++
	}
	if i == 0 {
		return errors.New("it holds an unescaped <")
	}
	if x.depth() == 0 && x.rooted {
		return errors.New("there is a second root element")
	}
	if x.depth() >= maxXMLDepth {
		return fmt.Errorf("its elements are nested deeper than %d", maxXMLDepth)
	}
	full := tag[:i]
	if err := checkText(tag); err != nil {
		return err
	}
	x.rooted = true
	x.marks = append(x.marks, len(x.names))
	x.names = append(x.names, full...)
	x.name, x.attrs = localName(full), tag[i:]
	return nil
}

// tagLength is the number of bytes of the tag at pos, '<' and '>' included; '>' within an attribute is no end.
func (x *xmlReader) tagLength(from int) (int, error) {
	var quote byte
	for i := from; ; {
		for j, b := range x.buf[x.pos+i : x.end] {
			switch b {
			case '"', '\'':
				switch quote {
				case 0:
					quote = b
				case b:
					quote = 0
				}
			case '>':
				if quote == 0 {
					return i + j + 1, nil
				}
			case '<':
				return 0, errors.New("it holds an unescaped <")
			}
		}
		i = x.end - x.pos
		if err := x.more(x.pos); err != nil {
			return 0, x.cut(err)
		}
	}
}

func (x *xmlReader) pop() {
	last := len(x.marks) - 1
	x.names = x.names[:x.marks[last]]
	x.marks = x.marks[:last]
}

// skip passes over the rest of the element whose start tag was read last.
func (x *xmlReader) skip() error {
	for depth := x.depth() - 1; x.depth() > depth; {
		if kind, err := x.next(); err != nil {
			return err
		} else if kind == tokenEOF {
			return errXMLCut
		}
	}
	return nil
}
