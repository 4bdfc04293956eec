package inflate

import (
	"encoding/binary"
	"errors"
	"io"
)

// codes unpacks symbols until the block ends, buf is full, or the stream proves damaged.
func (d *Decoder) codes(buf []byte, out, oldest int) (int, error) {
	for {
		if err := d.more(ahead); err != nil {
			return out, err
		}
		next, err := d.fast(buf, out, oldest)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return out, err // what the zeros behind the end made is none of the stream's
		}
		out = next
		if err != nil || d.phase != inCodes || len(buf)-out < room {
			return out, err
		}
	}
}

// fast is the loop that everything else is made for. It runs while the input has ahead bytes and buf has room.
func (d *Decoder) fast(buf []byte, out, oldest int) (int, error) {
	in, pos, bits, count := d.in, d.pos, d.bits, d.count
	lit, dist := &d.lit, &d.dist
	last, full := d.end-ahead, len(buf)-room
	if d.eof && pos > last {
		// Near the end, where zeros may be taken for symbols, it goes step by step.
		last, full = d.end+8, min(full, out)
	}
	var err error
loop:
	for pos <= last && out <= full {
		bits |= binary.LittleEndian.Uint64(in[pos:]) << (count & 63)
		pos += int((63 - count) >> 3)
		count |= 56
		// 56 bits hold three literals of the first table, of 11 bits each, or two and a length with its extra bits.
		e := lit[bits&litMask]
		if e&isLiteral != 0 {
			bits >>= e & 63
			count -= uint(e & 63)
			buf[out] = byte(e >> 16)
			out++
			e = lit[bits&litMask]
			if e&isLiteral != 0 {
				bits >>= e & 63
				count -= uint(e & 63)
				buf[out] = byte(e >> 16)
				out++
				e = lit[bits&litMask]
				if e&isLiteral != 0 {
					bits >>= e & 63
					count -= uint(e & 63)
					buf[out] = byte(e >> 16)
					out++
					continue
				}
			}
		}
		if e&isSpecial != 0 {
			if e&isSubtable != 0 {
				bits >>= litBits
				count -= litBits
				e = lit[(uint64(e>>16)+bits&(1<<(e>>8&15)-1))&(litSize-1)]
				if e&isLiteral != 0 {
					bits >>= e & 63
					count -= uint(e & 63)
					buf[out] = byte(e >> 16)
					out++
					continue
				}
			}
			if e&isEnd != 0 {
				bits >>= e & 63
				count -= uint(e & 63)
				d.phase = atHeader
				break loop
			}
			if e&isSpecial != 0 {
				err = d.corrupt("a symbol has no meaning")
				break loop
			}
		}
		saved := bits
		bits >>= e & 63
		count -= uint(e & 63)
		length := int(e>>16) + int(saved&(1<<(e&63)-1)>>(e>>8&15))

		bits |= binary.LittleEndian.Uint64(in[pos:]) << (count & 63)
		pos += int((63 - count) >> 3)
		count |= 56
		e = dist[bits&distMask]
		if e&isSpecial != 0 {
			if e&isSubtable == 0 {
				err = d.corrupt("a distance has no meaning")
				break loop
			}
			bits >>= distBits
			count -= distBits
			e = dist[(uint64(e>>16)+bits&(1<<(e>>8&15)-1))&(distSize-1)]
			if e&isSpecial != 0 {
				err = d.corrupt("a distance has no meaning")
				break loop
			}
		}
		saved = bits
		bits >>= e & 63
		count -= uint(e & 63)
		back := int(e>>16) + int(saved&(1<<(e&63)-1)>>(e>>8&15))
		from := out - back
		if from < oldest {
			err = d.corrupt("a match refers to before the beginning")
			break loop
		}
		to := out + length
		if back >= 8 {
			// Most matches are short, and how short can't be foreseen: 16 bytes are copied without asking. What is written
			// behind the match, what follows overwrites.
			source, target := buf[from:from+16], buf[out:out+16]
			binary.LittleEndian.PutUint64(target, binary.LittleEndian.Uint64(source))
			binary.LittleEndian.PutUint64(target[8:], binary.LittleEndian.Uint64(source[8:]))
			if length > 16 {
				for out, from = out+16, from+16; out < to; out, from = out+8, from+8 {
					binary.LittleEndian.PutUint64(buf[out:out+8], binary.LittleEndian.Uint64(buf[from:from+8]))
				}
			}
			out = to
			continue
		}
		for ; out < to; out, from = out+1, from+1 {
			buf[out] = buf[from]
		}
	}
	d.pos, d.bits, d.count = pos, bits, count
	if over := d.overrun(); over != nil {
		err = over
	}
	return out, err
}
