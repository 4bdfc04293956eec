package columns

import (
	"encoding/binary"
	"math/bits"
)

// The hashes are the same on every run, so that a profile's estimates are too.
const (
	multiplier = 0x9E3779B97F4A7C15 // 2^64 / golden ratio (Knuth, 6.4)
	hashA      = 0xA0761D6478BD642F
	hashB      = 0xE7037ED1A0B428DB
)

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// hashWord spreads a number over 64 bits.
func hashWord(w uint64) uint64 { return fold(fold(w^hashA, hashB)^w, multiplier) }

// hashText is a hash of 64 bits after Wang Yi's wyhash.
func hashText(b []byte) uint64 {
	length := uint64(len(b))
	seed := uint64(hashA)
	for len(b) > 16 {
		seed = fold(binary.LittleEndian.Uint64(b)^hashB, binary.LittleEndian.Uint64(b[8:])^seed)
		b = b[16:]
	}
	var x, y uint64
	switch n := len(b); {
	case n >= 8:
		x, y = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		x, y = uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n > 0:
		x = uint64(b[0])<<16 | uint64(b[n>>1])<<8 | uint64(b[n-1])
	}
	return fold(hashB^length, fold(x^hashB, y^seed))
}
