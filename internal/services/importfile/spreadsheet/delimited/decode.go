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
	switch encoding {
	case Windows1252:
		d.decode = decode1252
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
		n := 0
		n, d.err = d.src.Read(d.raw[len(d.raw):cap(d.raw)])
		d.raw = d.raw[:len(d.raw)+n]
	}
}

// high1252 are the characters of the bytes 0x80 to 0x9F. Five of them stand for none.
var high1252 = [32]rune{
	'€', utf8.RuneError, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', utf8.RuneError, 'Ž', utf8.RuneError,
	utf8.RuneError, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', utf8.RuneError, 'ž', 'Ÿ',
}

func decode1252(dst, src []byte, _ bool) (written, read int, err error) {
	for read < len(src) {
		for read+8 <= len(src) && written+8 <= len(dst) {
			eight := binary.LittleEndian.Uint64(src[read:])
			if eight&highBits != 0 {
				break
			}
			binary.LittleEndian.PutUint64(dst[written:], eight)
			read, written = read+8, written+8
		}
		if read == len(src) || written+utf8.UTFMax > len(dst) {
			break
		}
		c := rune(src[read])
		if c >= 0x80 && c < 0xA0 {
			c = high1252[c-0x80]
		}
		written += utf8.EncodeRune(dst[written:], c)
		read++
	}
	return written, read, nil
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
