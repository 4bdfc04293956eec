package parquetfile

import (
	"bufio"
	"encoding/binary"
)

// runs decodes numbers of some bits each (Parquet's RLE).
type runs struct {
	src    *bufio.Reader
	width  uint
	left   uint64 // of the current run
	packed bool
	value  uint32 // of a run of one number
	held   uint64 // bits of packed ones
	have   uint
}

func newRuns(src *bufio.Reader, width uint) *runs { return &runs{src: src, width: width} }

func (r *runs) read(dst []uint32) error {
	for len(dst) > 0 {
		if r.left == 0 {
			if err := r.begin(); err != nil {
				return err
			}
		}
		run := dst[:min(r.left, uint64(len(dst)))]
		for i := range run {
			if !r.packed {
				run[i] = r.value
				continue
			}
			for r.have < r.width {
				b, err := r.src.ReadByte() // the last run may be cut behind its last value
				if err != nil {
					return cutShort(err)
				}
				r.held |= uint64(b) << r.have
				r.have += 8
			}
			run[i] = uint32(r.held & (1<<r.width - 1))
			r.held >>= r.width
			r.have -= r.width
		}
		r.left -= uint64(len(run))
		dst = dst[len(run):]
	}
	return nil
}

func (r *runs) begin() error {
	if r.width > 32 {
		return errPage
	}
	head, err := binary.ReadUvarint(r.src)
	if err != nil {
		return errPageOr(err)
	}
	r.left, r.packed, r.held, r.have = head>>1, head&1 == 1, 0, 0
	if r.left == 0 || r.packed && r.left > 1<<31 {
		return errPage
	}
	if r.packed {
		r.left *= 8
		return nil
	}
	r.value = 0
	for i := range int(r.width+7) / 8 {
		b, err := r.src.ReadByte()
		if err != nil {
			return cutShort(err)
		}
		r.value |= uint32(b) << (8 * i)
	}
	if uint64(r.value)>>r.width != 0 {
		return errPage
	}
	return nil
}
