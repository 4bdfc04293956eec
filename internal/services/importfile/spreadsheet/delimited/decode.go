package delimited

import (
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// errBadText says that the bytes are no text of the encoding that the file is in.
var errBadText = errors.New("the bytes are no text of the file's encoding")

// newDecoder gives the text in UTF-8; src stands behind the byte order mark. UTF-8 comes as it is.
func newDecoder(src io.Reader, encoding Encoding) io.Reader {
	d := &decoder{src: src, raw: make([]byte, 0, HeadBytes)}
	if c := charmaps[encoding]; c != nil {
		d.decode = upperHalfOf(c).decode
		return d
	}
	switch encoding {
	case UTF16LE:
		d.decode = func(dst, src []byte, end bool) (int, int, error) { return decode16(dst, src, end, binary.LittleEndian) }
	case UTF16BE:
		d.decode = func(dst, src []byte, end bool) (int, int, error) { return decode16(dst, src, end, binary.BigEndian) }
	default:
		return src
	}
	return d
}

// decoder decodes what it reads. decode writes into dst what src holds and says how much of both it used; end says
// that nothing follows src.
type decoder struct {
	src    io.Reader
	decode func(dst, src []byte, end bool) (written, read int, err error)
	raw    []byte // what was read and not decoded
	err    error  // of src
}

// Read decodes the next piece; p must hold at least one character.
func (d *decoder) Read(p []byte) (int, error) {
	for {
		written, read, err := d.decode(p, d.raw, d.err != nil)
		d.raw = d.raw[:copy(d.raw, d.raw[read:])]
		if written > 0 {
			return written, nil
		}
		if err != nil {
			return 0, err
		}
		if d.err != nil {
			return 0, d.err
		}
		var n int
		n, d.err = d.src.Read(d.raw[len(d.raw):cap(d.raw)])
		d.raw = d.raw[:len(d.raw)+n]
	}
}

func decode16(dst, src []byte, end bool, order binary.ByteOrder) (written, read int, err error) {
	for len(src)-read >= 2 && written+utf8.UTFMax <= len(dst) {
		r := rune(order.Uint16(src[read:]))
		size := 2
		switch {
		case r < utf8.RuneSelf:
			dst[written] = byte(r)
			written, read = written+1, read+2
			continue
		case utf16.IsSurrogate(r):
			if len(src)-read < 4 && !end {
				return written, read, nil
			}
			low := rune(0)
			if len(src)-read >= 4 {
				low = rune(order.Uint16(src[read+2:]))
			}
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				return written, read, errBadText
			}
			size = 4
		}
		written += utf8.EncodeRune(dst[written:], r)
		read += size
	}
	if end && len(src)-read == 1 {
		err = errBadText
	}
	return written, read, err
}
