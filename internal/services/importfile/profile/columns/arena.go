package columns

import (
	"encoding/binary"
	"unicode/utf8"
)

// arena keeps texts with what is said of them, in pieces that never move: of many columns that fill up together, the half
// of their memory would be copies. The zero value is empty.
type arena struct {
	pieces [][]byte
	bytes  int // of the texts
	room   int // of the pieces
}

const (
	arenaPiece = 1 << 16
	firstPiece = 1 << 10 // the ones behind it are larger: most columns of a wide table have few texts
	arenaHead  = 8       // in front of each text: its code points, its length and its flags
	lengthMask = 1<<28 - 1
)

// add keeps a text, which is shorter than 256 MiB, and gives its place.
func (a *arena) add(text []byte, flags uint32) uint32 {
	last := len(a.pieces) - 1
	if need := arenaHead + len(text); last < 0 || len(a.pieces[last])+need > cap(a.pieces[last]) {
		size := max(min(firstPiece<<len(a.pieces), arenaPiece), need)
		a.pieces = append(a.pieces, make([]byte, 0, size))
		a.room += size
		last++
	}
	piece := a.pieces[last]
	place := uint32(last)<<16 | uint32(len(piece))
	piece = binary.LittleEndian.AppendUint32(piece, uint32(utf8.RuneCount(text)))
	piece = binary.LittleEndian.AppendUint32(piece, uint32(len(text))|flags)
	a.pieces[last] = append(piece, text...)
	a.bytes += len(text)
	return place
}

// at is the text at a place, with its flags.
func (a *arena) at(place uint32) (text []byte, flags uint32) {
	piece := a.pieces[place>>16][place&(arenaPiece-1):]
	what := binary.LittleEndian.Uint32(piece[4:])
	length := what & lengthMask
	return piece[arenaHead : arenaHead+length : arenaHead+length], what &^ lengthMask
}

// runes is the number of code points of the text at a place.
func (a *arena) runes(place uint32) uint32 {
	return binary.LittleEndian.Uint32(a.pieces[place>>16][place&(arenaPiece-1):])
}
