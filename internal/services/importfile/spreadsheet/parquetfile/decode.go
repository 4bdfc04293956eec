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
			if uint64(v)>>width != 0 {
				return errPage
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
	// A number and the bits before it in its first byte are within eight bytes.
	bit := uint(0)
	for len(dst) > 0 && bit>>3+8 <= uint(len(src)) {
		dst[0] = uint32(binary.LittleEndian.Uint64(src[bit>>3:])>>(bit&7)) & uint32(1<<width-1)
		dst, bit = dst[1:], bit+width
	}
	src, bit = src[bit>>3:], bit&7
	if len(dst) == 0 {
		return
	}
	var held uint64
	have, at := uint(0), 0
	if bit > 0 {
		held, have, at = uint64(src[0]>>bit), 8-bit, 1
	}
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

// snappyBeginning unpacks the first len(dst) of the size bytes that src packs (Snappy's format_description.txt).
func snappyBeginning(dst, src []byte, size int) error {
	length, n := binary.Uvarint(src)
	if n <= 0 || length != uint64(size) || size < len(dst) {
		return errPage
	}
	src = src[n:]
	for at := 0; at < len(dst); {
		if len(src) == 0 {
			return errPage
		}
		tag := src[0]
		count, extra := int(tag>>2)+1, 0 // bytes behind the tag
		switch tag & 3 {
		case 0: // bytes as they are; the number of many of them follows the tag
			if count > 60 {
				extra = count - 60
			}
		case 1:
			count, extra = 4+int(tag>>2&7), 1
		case 2:
			extra = 2
		case 3:
			extra = 4
		}
		if len(src) < 1+extra {
			return errPage
		}
		operand := uint64(0)
		for i := range extra {
			operand |= uint64(src[1+i]) << (8 * i)
		}
		src = src[1+extra:]
		if tag&3 == 0 {
			if extra > 0 {
				if operand >= uint64(len(src)) {
					return errPage
				}
				count = int(operand) + 1
			}
			if count > len(src) {
				return errPage
			}
			at += copy(dst[at:], src[:count])
			src = src[count:]
			continue
		}
		if tag&3 == 1 {
			operand |= uint64(tag>>5) << 8
		}
		if operand == 0 || operand > uint64(at) {
			return errPage
		}
		back := int(operand)
		for count = min(count, len(dst)-at); count > 0; {
			// What is copied may overlap with itself: it repeats then.
			copied := copy(dst[at:at+min(count, back)], dst[at-back:])
			at, count = at+copied, count-copied
		}
	}
	return nil
}
