package inflate

import "math/bits"

// A table entry is, for a literal, its byte; for a length or distance, its base, with the extra bits that follow.
//
//	bits 16 to 30  the byte, the base, or where a subtable begins
//	bit  31        isLiteral
//	bits 13 to 15  isSpecial, isSubtable, isEnd
//	bits  8 to 11  the bits of the code in this table; for a subtable, the bits that choose in it
//	bits  0 to  5  the bits to drop: those of the code and the extra ones
const (
	isLiteral  = 1 << 31
	isSpecial  = 1 << 15 // the end, a subtable, or nothing
	isSubtable = 1 << 14
	isEnd      = 1 << 13
)

const (
	litBits  = 11
	litMask  = 1<<litBits - 1
	litSize  = 4096 // the table and its subtables: 2342 at most (zlib's enough.c for 288 symbols, 11 and 15 bits)
	distBits = 8
	distMask = 1<<distBits - 1
	distSize = 512 // 402 at most (enough.c for 32 symbols, 8 and 15 bits)
	maxBits  = 15
)

type (
	litTable  [litSize]uint32
	distTable [distSize]uint32
)

var (
	lengthBase  = [29]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthExtra = [29]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	distBase    = [30]uint16{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577}
	distExtra   = [30]uint8{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}
	codeOrder   = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

// litEntry is a symbol of the first code without its lengths; 0 with isSpecial alone for one that must not occur.
func litEntry(symbol int) (entry uint32, extra uint8) {
	switch {
	case symbol < 256:
		return isLiteral | uint32(symbol)<<16, 0
	case symbol == 256:
		return isSpecial | isEnd, 0
	case symbol < 257+len(lengthBase):
		return uint32(lengthBase[symbol-257]) << 16, lengthExtra[symbol-257]
	}
	return isSpecial, 0
}

func distEntry(symbol int) (entry uint32, extra uint8) {
	if symbol < len(distBase) {
		return uint32(distBase[symbol]) << 16, distExtra[symbol]
	}
	return isSpecial, 0
}

func codeEntry(symbol int) (entry uint32, extra uint8) { return uint32(symbol) << 16, 0 }

// build fills a table of 2^first entries and its subtables from the codes' lengths (RFC 1951 §3.2.2). It is false for a
// set of lengths that is over-subscribed or incomplete; a single code of one bit counts as complete, as does no code.
func build(table []uint32, first uint, lengths []uint8, entryOf func(symbol int) (uint32, uint8)) bool {
	var counts [maxBits + 1]int
	most := uint(0)
	for _, l := range lengths {
		counts[l]++
		most = max(most, uint(l))
	}
	counts[0] = 0
	main := 1 << first
	for i := range table[:main] {
		table[i] = isSpecial
	}
	if most == 0 {
		return true // whoever uses it finds nothing
	}
	var next [maxBits + 2]uint32
	code := uint32(0)
	for l := uint(1); l <= maxBits; l++ {
		next[l] = code
		code = (code + uint32(counts[l])) << 1
	}
	if used := code >> 1; used != 1<<maxBits && (used != 1<<(maxBits-1) || most != 1 || counts[1] != 1) {
		return false
	}
	free := main
	// The subtable of a prefix is as large as the longest code in it; codes come in their order, so a shorter one's
	// prefix is filled by what is left of its subtree.
	var order [maxBits + 2]int
	for l := 1; l <= maxBits; l++ {
		order[l+1] = order[l] + counts[l]
	}
	var sorted [320]uint16
	for symbol, l := range lengths {
		if l > 0 {
			sorted[order[l]] = uint16(symbol)
			order[l]++
		}
	}
	left := counts
	prefix, subBits, subStart := ^uint32(0), uint(0), 0
	i := 0
	for l := uint(1); l <= most; l++ {
		for range counts[l] {
			symbol := int(sorted[i])
			i++
			reversed := uint32(bits.Reverse16(uint16(next[l])) >> (16 - l))
			entry, extra := entryOf(symbol)
			if l <= first {
				entry |= uint32(l)<<8 | uint32(l+uint(extra))
				for at := reversed; at < uint32(main); at += 1 << l {
					table[at] = entry
				}
			} else {
				if p := reversed & uint32(main-1); p != prefix {
					prefix, subStart = p, free
					// The codes that share the prefix follow: as many bits are needed as until their subtree is full.
					subBits = l - first
					room := 1 << subBits
					for b := l; b < most; {
						if room -= left[b]; room <= 0 {
							break
						}
						room <<= 1
						subBits++
						b++
					}
					free += 1 << subBits
					if free > len(table) {
						return false
					}
					for j := subStart; j < free; j++ {
						table[j] = isSpecial
					}
					table[p] = isSpecial | isSubtable | uint32(subStart)<<16 | uint32(subBits)<<8 | uint32(first)
				}
				entry |= uint32(l-first)<<8 | uint32(l-first+uint(extra))
				for at := reversed >> first; at < 1<<subBits; at += 1 << (l - first) {
					table[subStart+int(at)] = entry
				}
			}
			next[l]++
			left[l]--
		}
	}
	return true
}

// fixedCodes prepares the tables of a block with the fixed codes (RFC 1951 §3.2.6).
func (d *Decoder) fixedCodes() {
	if d.fixed {
		return
	}
	lengths := d.length[:288]
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	build(d.lit[:], litBits, lengths, litEntry)
	lengths = d.length[:32]
	for i := range lengths {
		lengths[i] = 5
	}
	build(d.dist[:], distBits, lengths, distEntry)
	d.fixed = true
}

// dynamicCodes reads a block's own codes and prepares the tables (RFC 1951 §3.2.7).
func (d *Decoder) dynamicCodes() error {
	d.fixed = false
	lits, dists, codes := int(d.take(5))+257, int(d.take(5))+1, int(d.take(4))+4
	if lits > 286 || dists > 30 {
		return d.corrupt("a block has more symbols than there are")
	}
	var short [19]uint8
	for i := range codes {
		short[codeOrder[i]] = uint8(d.take(3))
	}
	var table [128]uint32
	if !build(table[:], 7, short[:], codeEntry) {
		return d.corrupt("the code of a block's code lengths is none")
	}
	lengths := d.length[:lits+dists]
	for i := 0; i < len(lengths); {
		if d.count < 14 {
			d.refill()
		}
		e := table[d.bits&127]
		if e&isSpecial != 0 {
			return d.corrupt("a code length has no meaning")
		}
		d.take(uint(e & 63))
		value, repeat := uint8(e>>16), 1
		switch value {
		case 16:
			if i == 0 {
				return d.corrupt("the first code length repeats the one before")
			}
			value, repeat = lengths[i-1], 3+int(d.take(2))
		case 17:
			value, repeat = 0, 3+int(d.take(3))
		case 18:
			value, repeat = 0, 11+int(d.take(7))
		}
		if repeat > len(lengths)-i {
			return d.corrupt("code lengths go on behind their end")
		}
		for range repeat {
			lengths[i] = value
			i++
		}
	}
	if lengths[256] == 0 {
		return d.corrupt("a block can't end")
	}
	if !build(d.lit[:], litBits, lengths[:lits], litEntry) || !build(d.dist[:], distBits, lengths[lits:], distEntry) {
		return d.corrupt("the code lengths of a block make no code")
	}
	return nil
}
