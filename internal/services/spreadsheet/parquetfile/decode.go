package parquetfile

import (
	"encoding/binary"
	"errors"
)

// errPage says that a page's data does not make sense.
var errPage = errors.New("the data of a page is damaged")

// hybrid decodes len(dst) numbers of some bits each, in runs of one number or of packed ones (Parquet's RLE).
func hybrid(dst []uint32, src []byte, width uint) error {
	if width > 32 {
		return errPage
	}
	for len(dst) > 0 {
		head, n := binary.Uvarint(src)
		if n <= 0 {
			return errPage
		}
		src = src[n:]
		count := head >> 1
		if head&1 == 0 {
			size := int(width+7) / 8
			if count == 0 || len(src) < size {
				return errPage
			}
			var v uint32
			for i := range size {
				v |= uint32(src[i]) << (8 * i)
			}
			src = src[size:]
			run := dst[:min(count, uint64(len(dst)))]
			for i := range run {
				run[i] = v
			}
			dst = dst[len(run):]
			continue
		}
		if count == 0 || count > 1<<31 {
			return errPage
		}
		packed := dst[:min(count*8, uint64(len(dst)))]
		// The last run may be cut behind its last value.
		if need := (uint64(len(packed))*uint64(width) + 7) / 8; need > uint64(len(src)) {
			return errPage
		}
		unpack(packed, src, width)
		dst = dst[len(packed):]
		src = src[min(count*uint64(width), uint64(len(src))):]
	}
	return nil
}

// unpack decodes packed numbers, the lowest bits first. src holds enough for all of them.
func unpack(dst []uint32, src []byte, width uint) {
	var held uint64
	have, at := uint(0), 0
	mask := uint64(1)<<width - 1
	for i := range dst {
		for have < width {
			held |= uint64(src[at]) << have
			at++
			have += 8
		}
		dst[i] = uint32(held & mask)
		held >>= width
		have -= width
	}
}

// delta reads numbers as differences (DELTA_BINARY_PACKED) and gives what follows them. There must be exactly want.
func delta(dst []int64, src []byte) (rest []byte, err error) {
	var head [3]uint64
	for i := range head {
		v, n := binary.Uvarint(src)
		if n <= 0 {
			return nil, errPage
		}
		head[i], src = v, src[n:]
	}
	first, n := binary.Varint(src)
	if n <= 0 {
		return nil, errPage
	}
	src = src[n:]
	block, minis, total := head[0], head[1], head[2]
	if total != uint64(len(dst)) || block == 0 || block%128 != 0 || block > 1<<20 || minis == 0 || minis > 4096 || block%minis != 0 || block/minis%8 != 0 {
		return nil, errPage
	}
	if len(dst) == 0 {
		return src, nil
	}
	perMini := int(block / minis)
	dst[0] = first
	last, dst := first, dst[1:]
	for len(dst) > 0 {
		least, n := binary.Varint(src)
		if n <= 0 || uint64(len(src)-n) < minis {
			return nil, errPage
		}
		widths := src[n : n+int(minis)]
		src = src[n+int(minis):]
		for _, width := range widths {
			if len(dst) == 0 {
				break
			}
			size := perMini * int(width) / 8
			if width > 64 || size > len(src) {
				return nil, errPage
			}
			count := min(perMini, len(dst))
			for i := range count {
				last += least + int64(bitsAt(src, i*int(width), uint(width)))
				dst[i] = last
			}
			dst, src = dst[count:], src[size:]
		}
	}
	return src, nil
}

// bitsAt is the number of some bits that begins at a bit of src.
func bitsAt(src []byte, bit int, width uint) uint64 {
	var v uint64
	for got := uint(0); got < width; {
		part := uint64(src[bit>>3]) >> (bit & 7)
		v |= part << got
		step := 8 - bit&7
		bit += step
		got += uint(step)
	}
	if width < 64 {
		v &= 1<<width - 1
	}
	return v
}

// lz4Block unpacks a block of LZ4 into dst, which it must fill.
func lz4Block(dst, src []byte) error {
	at := 0
	length := func(n int) (int, bool) {
		if n < 15 {
			return n, true
		}
		for {
			if len(src) == 0 || n > len(dst) {
				return 0, false
			}
			more := src[0]
			src = src[1:]
			if n += int(more); more < 255 {
				return n, true
			}
		}
	}
	for len(src) > 0 {
		token := src[0]
		src = src[1:]
		n, ok := length(int(token >> 4))
		if !ok || n > len(src) || n > len(dst)-at {
			return errPage
		}
		at += copy(dst[at:], src[:n])
		if src = src[n:]; len(src) == 0 {
			break
		}
		if len(src) < 2 {
			return errPage
		}
		back := int(binary.LittleEndian.Uint16(src))
		src = src[2:]
		n, ok = length(int(token & 15))
		if n += 4; !ok || back == 0 || back > at || n > len(dst)-at {
			return errPage
		}
		for n > 0 {
			// What is copied may overlap with itself: it repeats then.
			copied := copy(dst[at:at+min(n, back)], dst[at-back:])
			at, n = at+copied, n-copied
		}
	}
	if at != len(dst) {
		return errPage
	}
	return nil
}
