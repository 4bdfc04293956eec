package columns

import (
	"bytes"
	"hash/maphash"
	"unicode/utf8"

	"fabricportal/internal/services/cleaning"
	"fabricportal/internal/services/spreadsheet/cells"
)

// What a text of the table is, in the upper bits of its entry; the others are its number among the different texts,
// which counts from 1, or 0 for a text of blanks only.
const (
	blankEnds   = 1 << 31
	readsNumber = 1 << 30
	readsDate   = 1 << 29
	ownKind     = 1 << 28 // the text may be how a value of another kind is written, such as 17 or true
	idMask      = 1<<28 - 1
)

// Dictionary knows of each text in a file's table, once, what cells with it would have to be asked about each time. Two
// texts that are equal but for the blanks at their ends have one number.
type Dictionary struct {
	texts   *cells.Texts
	entries []uint32 // of each text in the table
	first   []uint32 // for each number from 1 on, the first text in the table that has it
	lengths []uint32 // for each number, the code points of the trimmed text
	flagged bool     // a text reads as a number or a date

	seed  maphash.Seed
	table []uint32 // numbers by the hashes of their texts; empty until it is needed
	shift uint8
}

// NewDictionary reads a table of texts.
func NewDictionary(texts *cells.Texts) *Dictionary {
	d := &Dictionary{texts: texts, seed: maphash.MakeSeed()}
	n := 0
	if texts != nil {
		n = texts.Len()
	}
	if n == 0 {
		return d
	}
	d.entries, d.first, d.lengths = make([]uint32, n), make([]uint32, 0, n), make([]uint32, 0, n)
	d.allocate(n)
	for i := range uint32(n) {
		raw := texts.At(i)
		text := cleaning.Trim(raw)
		if len(text) == 0 {
			continue
		}
		entry := d.number(text, i)
		if len(text) != len(raw) {
			entry |= blankEnds
		}
		if b := text[0]; b < 'A' || b > 'z' || len(text) < 6 {
			entry |= flags(text)
		}
		d.flagged = d.flagged || entry&(readsNumber|readsDate) != 0
		d.entries[i] = entry
	}
	return d
}

// flags says what else than a text the text may be. Only what begins with a digit, a sign or a white space can be one,
// and true and false.
func flags(text []byte) uint32 {
	var f uint32
	v := cleaning.Value{Kind: cleaning.Text, Text: text}
	if _, ok := v.Number(); ok {
		f |= readsNumber | ownKind
	}
	if _, ok := v.Day(); ok {
		f |= readsDate | ownKind
	}
	if cleaning.ReadText(text).Kind != cleaning.Text {
		f |= ownKind
	}
	return f
}

func (d *Dictionary) allocate(n int) {
	size := 64
	d.shift = 64 - 6
	for size < n*2 {
		size *= 2
		d.shift--
	}
	d.table = make([]uint32, size)
}

// number gives the number of a trimmed text that is text i of the table.
func (d *Dictionary) number(text []byte, i uint32) uint32 {
	mask := uint64(len(d.table) - 1)
	// Of the slot's 32 bits 28 are the number; the others tell most texts with other hashes apart without looking.
	hash := maphash.Bytes(d.seed, text)
	tag := uint32(hash) &^ idMask
	for at := hash >> d.shift; ; at = (at + 1) & mask {
		e := d.table[at]
		if e == 0 {
			d.first = append(d.first, i)
			d.lengths = append(d.lengths, uint32(utf8.RuneCount(text)))
			id := uint32(len(d.first))
			d.table[at] = id | tag
			return id
		}
		if e&^idMask == tag && bytes.Equal(d.Text(e&idMask), text) {
			return e & idMask
		}
	}
}

// find gives the entry of a trimmed text that did not come by its number; 0 where the table does not have it.
func (d *Dictionary) find(text []byte) uint32 {
	if len(d.table) == 0 {
		return 0
	}
	mask := uint64(len(d.table) - 1)
	hash := maphash.Bytes(d.seed, text)
	tag := uint32(hash) &^ idMask
	for at := hash >> d.shift; d.table[at] != 0; at = (at + 1) & mask {
		e := d.table[at]
		if e&^idMask == tag && bytes.Equal(d.Text(e&idMask), text) {
			return d.entries[d.first[e&idMask-1]] &^ blankEnds
		}
	}
	return 0
}

// Text is the trimmed text with a number.
func (d *Dictionary) Text(id uint32) []byte { return cleaning.Trim(d.texts.At(d.first[id-1])) }

// Value is the value of a cell that refers to the table.
func (d *Dictionary) Value(c cells.Cell) cleaning.Value {
	entry := d.entries[c.Bits]
	id := entry & idMask
	if id == 0 {
		return cleaning.Value{}
	}
	v := cleaning.Value{Kind: cleaning.Text, Text: d.Text(id), Same: id}
	if entry&ownKind != 0 {
		v.Same = 0
	}
	return v
}

// Same is the number that stands for a trimmed text wherever texts are told apart; 0 for a text that is how a value of
// another kind is written, or one that is not in the table.
func (d *Dictionary) Same(text []byte) uint32 {
	entry := d.find(text)
	if entry&ownKind != 0 {
		return 0
	}
	return entry & idMask
}
