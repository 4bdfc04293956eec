// Package inflate unpacks DEFLATE streams (RFC 1951) several times faster than compress/flate. Unpacking takes most of the time of reading a workbook.
// It is safe Go with all bounds checked: the worst that a hostile file can do is to be refused.
// The design is that of libdeflate: a bit buffer of 64 bits that is filled without a loop, tables that give a whole symbol in one or two steps,
// several literals for each refill, and matches copied eight bytes at a time.
package inflate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Window is how far back a stream refers at most, in bytes (RFC 1951 §2).
const Window = 32 << 10

// MinRoom is the least room that Decode needs behind the history.
const MinRoom = 1 << 10

const (
	inBytes = 64 << 10 // read from the source at a time
	slack   = 2 << 10  // room behind the input: zeros at its end, so that a look ahead needs no check
	// headerBytes is more than any block's header takes: 14 bits, 19 lengths of 3 bits, and 320 code lengths of at most 14.
	headerBytes = 1 << 10
	// room is what one step of the loop may write at most: a match of 258 bytes in pieces of eight, and three literals.
	room = 258 + 8 + 8 + 3
	// ahead is what one step of the loop may look at in the input: three refills of eight bytes.
	ahead = 32
)

// CorruptError says that a stream is damaged.
type CorruptError struct {
	Offset int64 // bytes into the packed stream, roughly
	Reason string
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("the packed data is damaged near byte %d: %s", e.Offset, e.Reason)
}

type phase uint8

const (
	atHeader phase = iota // between two blocks
	inStored
	inCodes
	atEnd
)

// Decoder unpacks one stream into buffers that the caller provides, so that one goroutine can unpack ahead of another
// that looks at the buffers. It is for one goroutine at a time.
type Decoder struct {
	src      io.Reader
	in       []byte // unread input is in[pos:end]; behind it, at the end of the source, zeros
	pos, end int
	eof      bool
	before   int64 // bytes of the source before in[0]

	bits  uint64 // the next bits, the first the lowest
	count uint   // how many of them are valid

	phase  phase
	final  bool
	stored int // bytes of a stored block that are left
	total  int64
	failed error

	lit    litTable
	dist   distTable
	fixed  bool // lit and dist hold the fixed codes
	length [320]uint8
}

// NewDecoder prepares to unpack src, which holds about size bytes; 0 where that is not known. Nothing is read before the
// first Decode.
func NewDecoder(src io.Reader, size int64) *Decoder {
	if size <= 0 {
		size = inBytes
	}
	return &Decoder{src: src, in: make([]byte, int(min(max(size, 2*headerBytes), inBytes))+slack)}
}

// Reset begins another stream, with the buffers of the last.
func (d *Decoder) Reset(src io.Reader) {
	d.src, d.pos, d.end, d.eof, d.before = src, 0, 0, false, 0
	d.bits, d.count, d.phase, d.final, d.stored, d.total, d.failed = 0, 0, atHeader, false, 0, 0, nil
}

// Consumed is how much of the packed stream was used, in bytes.
func (d *Decoder) Consumed() int64 { return d.before + int64(d.pos) - int64(d.count/8) }

// Decode unpacks into buf[Window:] and returns how many bytes it wrote, which is at least one where err is nil. buf must
// have MinRoom behind the Window, and buf[:Window] must hold the end of what was unpacked before (its last bytes last;
// anything before the first call). Bytes behind those that are returned may be overwritten. io.EOF comes with the last
// bytes or after them, a *CorruptError for a damaged stream, or the source's error.
func (d *Decoder) Decode(buf []byte) (int, error) {
	if d.failed != nil {
		return 0, d.failed
	}
	if len(buf) < Window+MinRoom {
		return 0, errors.New("inflate: the buffer is too small")
	}
	n, err := d.decode(buf)
	d.total += int64(n)
	if err != nil {
		d.failed = err
	}
	return n, err
}

func (d *Decoder) decode(buf []byte) (int, error) {
	out := Window
	// What may be referred to begins here: before the first Window bytes were unpacked, only part of the history counts.
	oldest := Window - int(min(d.total, Window))
	for {
		var err error
		switch d.phase {
		case atEnd:
			return out - Window, io.EOF
		case atHeader:
			err = d.header()
		case inStored:
			out, err = d.copyStored(buf, out)
		case inCodes:
			out, err = d.codes(buf, out, oldest)
		}
		if err != nil {
			return out - Window, err
		}
		if d.phase != atEnd && d.phase != atHeader && out > Window && len(buf)-out < room {
			return out - Window, nil
		}
		if d.phase == inStored && out == len(buf) {
			return out - Window, nil
		}
	}
}

func (d *Decoder) corrupt(reason string) error {
	return &CorruptError{Offset: d.Consumed(), Reason: reason}
}

// more reads on until at least n bytes lie ahead, or the source has ended: then zeros follow.
func (d *Decoder) more(n int) error {
	if d.eof || d.end-d.pos >= n {
		return d.overrun()
	}
	// The bytes that the bit buffer holds stay in front: a stored block gives them back.
	held := int(d.count / 8)
	start := d.pos - held
	copy(d.in, d.in[start:d.end])
	d.before += int64(start)
	d.pos, d.end = held, d.end-start
	for empty := 0; d.end-d.pos < n; {
		got, err := d.src.Read(d.in[d.end : len(d.in)-slack])
		d.end += got
		switch {
		case err == io.EOF:
			d.eof = true
			clear(d.in[d.end:])
			return nil
		case err != nil:
			return err
		case got > 0:
			empty = 0
		default:
			if empty++; empty == 100 {
				return io.ErrNoProgress
			}
		}
	}
	return nil
}

// overrun tells whether more bits were used than the source had.
func (d *Decoder) overrun() error {
	if d.eof && d.pos-int(d.count/8) > d.end {
		return io.ErrUnexpectedEOF
	}
	return nil
}

func (d *Decoder) refill() {
	d.bits |= binary.LittleEndian.Uint64(d.in[d.pos:]) << (d.count & 63)
	d.pos += int((63 - d.count) >> 3)
	d.count |= 56
}

// take returns the next n bits, at most 16.
func (d *Decoder) take(n uint) uint {
	if d.count < n {
		d.refill()
	}
	v := uint(d.bits) & (1<<n - 1)
	d.bits >>= n
	d.count -= n
	return v
}

// header reads a block's header and prepares its tables.
func (d *Decoder) header() error {
	if d.final {
		d.phase = atEnd
		return d.overrun()
	}
	if err := d.more(headerBytes); err != nil {
		return err
	}
	d.final = d.take(1) == 1
	var err error
	switch d.take(2) {
	case 0:
		err = d.storedHeader()
	case 1:
		d.phase = inCodes
		d.fixedCodes()
	case 2:
		d.phase = inCodes
		err = d.dynamicCodes()
	default:
		err = d.corrupt("a block is of no kind there is")
	}
	if over := d.overrun(); over != nil {
		return over
	}
	return err
}

func (d *Decoder) storedHeader() error {
	d.take(d.count & 7) // to the next byte
	n := d.take(16)
	if n != ^d.take(16)&0xffff {
		return d.corrupt("the length of a stored block does not match its check")
	}
	// What is in the bit buffer goes back to the input.
	d.pos -= int(d.count / 8)
	d.bits, d.count = 0, 0
	d.stored, d.phase = int(n), inStored
	return nil
}

func (d *Decoder) copyStored(buf []byte, out int) (int, error) {
	for d.stored > 0 && out < len(buf) {
		if d.pos >= d.end {
			if d.eof {
				return out, io.ErrUnexpectedEOF
			}
			if err := d.more(1); err != nil {
				return out, err
			}
			continue
		}
		n := copy(buf[out:min(len(buf), out+d.stored)], d.in[d.pos:d.end])
		out, d.pos, d.stored = out+n, d.pos+n, d.stored-n
	}
	if d.stored == 0 {
		d.phase = atHeader
	}
	return out, nil
}
