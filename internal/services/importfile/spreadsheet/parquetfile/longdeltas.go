package parquetfile

import (
	"bufio"
	"encoding/binary"
	"io"
)

// deltas decodes numbers that were written as differences (DELTA_BINARY_PACKED).
type deltas struct {
	src    *bufio.Reader
	begun  bool
	left   uint64 // numbers that are left
	first  bool   // the next is the first
	last   int64
	least  int64
	minis  uint64
	per    int
	widths []byte // of the block's pieces that are left
	width  uint
	inMini int // numbers that are left in the piece
	held   uint64
	have   uint
	rest   int // bytes of the piece behind what was read
}

func newDeltas(src *bufio.Reader) *deltas { return &deltas{src: src} }

func deltaWords(d *deltas) func(dst []uint64) error {
	return func(dst []uint64) error {
		for i := range dst {
			v, err := d.next()
			if err != nil {
				return err
			}
			dst[i] = uint64(v)
		}
		return nil
	}
}

// begin reads how many numbers there are.
func (d *deltas) begin() error {
	if d.begun {
		return nil
	}
	d.begun = true
	var head [3]uint64
	for i := range head {
		v, err := binary.ReadUvarint(d.src)
		if err != nil {
			return errPageOr(err)
		}
		head[i] = v
	}
	first, err := binary.ReadVarint(d.src)
	if err != nil {
		return errPageOr(err)
	}
	block, minis := head[0], head[1]
	if block == 0 || block%128 != 0 || block > 1<<20 || minis == 0 || minis > 4096 || block%minis != 0 || block/minis%8 != 0 {
		return errPage
	}
	d.left, d.first, d.last, d.minis, d.per = head[2], true, first, minis, int(block/minis)
	return nil
}

func (d *deltas) next() (int64, error) {
	if err := d.begin(); err != nil {
		return 0, err
	}
	if d.left == 0 {
		return 0, errPage
	}
	if !d.first {
		if d.inMini == 0 {
			if err := d.piece(); err != nil {
				return 0, err
			}
		}
		v, err := d.packed()
		if err != nil {
			return 0, err
		}
		d.last += d.least + int64(v)
		d.inMini--
	}
	d.first = false
	d.left--
	if d.left == 0 {
		return d.last, d.pass() // what follows begins behind the whole piece
	}
	return d.last, nil
}

// piece begins the next piece of a block, or the next block.
func (d *deltas) piece() error {
	if len(d.widths) == 0 {
		least, err := binary.ReadVarint(d.src)
		if err != nil {
			return errPageOr(err)
		}
		d.least = least
		d.widths = make([]byte, d.minis)
		if _, err := io.ReadFull(d.src, d.widths); err != nil {
			return cutShort(err)
		}
	}
	d.width = uint(d.widths[0])
	d.widths = d.widths[1:]
	if d.width > 64 {
		return errPage
	}
	d.inMini, d.held, d.have, d.rest = d.per, 0, 0, d.per*int(d.width)/8
	return nil
}

// packed reads the next number of a piece.
func (d *deltas) packed() (v uint64, err error) {
	for got := uint(0); got < d.width; {
		if d.have == 0 {
			b, err := d.src.ReadByte()
			if err != nil {
				return 0, cutShort(err)
			}
			d.held, d.have = uint64(b), 8
			d.rest--
		}
		n := min(d.have, d.width-got)
		v |= d.held & (1<<n - 1) << got
		d.held >>= n
		d.have -= n
		got += n
	}
	return v, nil
}

// pass passes over the rest of a piece.
func (d *deltas) pass() error {
	_, err := d.src.Discard(d.rest)
	d.rest = 0
	return cutShortOrNil(err)
}
