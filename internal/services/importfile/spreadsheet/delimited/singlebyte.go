package delimited

import (
	"encoding/binary"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// charmaps are the encodings of one byte a character, all with ASCII as their lower half.
var charmaps = map[Encoding]*charmap.Charmap{
	Windows1250: charmap.Windows1250, Windows1251: charmap.Windows1251, Windows1252: charmap.Windows1252, Windows1254: charmap.Windows1254,
	ISO8859_1: charmap.ISO8859_1, ISO8859_2: charmap.ISO8859_2, ISO8859_15: charmap.ISO8859_15,
	Macintosh: charmap.Macintosh, IBM850: charmap.CodePage850,
}

// upperHalf is the characters of the bytes from 0x80 on; a byte that has none is U+FFFD, and so is one that stands for a
// control character, as ISO 8859 has them (contract/RULES.md, Text files).
type upperHalf [128]rune

func (h *upperHalf) of(c byte) rune { return h[c&0x7F] }

func upperHalfOf(c *charmap.Charmap) *upperHalf {
	var h upperHalf
	for i := range h {
		if h[i] = c.DecodeByte(byte(0x80 + i)); h[i] < 0xA0 {
			h[i] = utf8.RuneError
		}
	}
	return &h
}

// high1252 is what the bytes are read as that are not valid UTF-8.
var high1252 = sync.OnceValue(func() *upperHalf { return upperHalfOf(charmap.Windows1252) })

func (h *upperHalf) decode(dst, src []byte, _ bool) (written, read int, err error) {
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
		if c >= utf8.RuneSelf {
			c = h.of(src[read])
		}
		written += utf8.EncodeRune(dst[written:], c)
		read++
	}
	return written, read, nil
}

// appendRecoded appends a text in UTF-8 in which the bytes that are not valid are read as Windows-1252, one by one.
func appendRecoded(dst, text []byte) []byte {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			dst = utf8.AppendRune(dst, high1252().of(text[0]))
		} else {
			dst = append(dst, text[:size]...)
		}
		text = text[size:]
	}
	return dst
}
