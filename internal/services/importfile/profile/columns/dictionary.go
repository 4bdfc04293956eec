package columns

import (
	"bytes"
	"context"
	"hash/maphash"
	"runtime"
	"unicode/utf8"

	"fabricportal/internal/panics"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// What a text of the table is, in the upper bits of its entry; the others are its number: the place of the first
// text that is equal, counting from 1, or 0 for a text of blanks only.
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
	entries []entry // of each text in the table

	seed  maphash.Seed
	parts []textTable // by the lower bits of the texts' hashes, a power of two of them
}

// entry is what is said of a text in the table.
type entry struct {
	what   uint32
	length uint32 // of the trimmed text, in code points
}

// textTable finds the numbers of texts by their hashes. Of a slot's 32 bits 28 are the number; the others tell most texts
// with other hashes apart without looking.
type textTable []uint32

const (
	mostParts = 8
	// wholeTexts is how many texts are read at least before a second goroutine pays.
	wholeTexts = 8 << 10
)

// NewDictionary reads a table of texts, on all processors. When ctx ends it stops with what it has.
func NewDictionary(ctx context.Context, texts *cells.Texts) *Dictionary {
	d := &Dictionary{texts: texts, seed: maphash.MakeSeed()}
	n := 0
	if texts != nil {
		n = texts.Len()
	}
	if n == 0 {
		return d
	}
	d.entries = make([]entry, n)
	d.parts = make([]textTable, 1)
	for n >= wholeTexts && len(d.parts) < min(runtime.GOMAXPROCS(0), mostParts) {
		d.parts = make([]textTable, 2*len(d.parts))
	}
	hashes := make([]uint32, n)
	sizes := make([][mostParts]int, len(d.parts))
	d.each(func(w int) {
		for i := w * n / len(d.parts); i < (w+1)*n/len(d.parts); i++ {
			if i%checkEvery == 0 && ctx.Err() != nil {
				return
			}
			if d.look(i) {
				hashes[i] = d.hash(cleaning.Trim(texts.At(uint32(i))))
				sizes[w][d.part(hashes[i])]++
			}
		}
	})
	// Each goroutine then gives the numbers in a part of its own, in the order of the texts: a text that is there several
	// times has the place of the first.
	d.each(func(part int) {
		most := 0
		for w := range sizes {
			most += sizes[w][part]
		}
		size := 64
		for size < most+most/2 {
			size *= 2
		}
		table := make(textTable, size)
		for i := 0; i < size; i += pageBytes / 4 {
			table[i] = 0
		}
		d.parts[part] = table
		for i, hash := range hashes {
			if i%checkEvery == 0 && ctx.Err() != nil {
				return
			}
			if d.part(hash) == part && d.entries[i].length > 0 {
				d.entries[i].what |= d.number(table, hash, i)
			}
		}
	})
	return d
}

// checkEvery is how many texts are read until it is asked whether to go on.
const checkEvery = 1 << 14

// each runs f for each part, each in a goroutine of its own, and waits.
func (d *Dictionary) each(f func(part int)) {
	var all panics.Group
	for part := range d.parts {
		all.Go(func() { f(part) })
	}
	all.Wait()
}

func (d *Dictionary) hash(text []byte) uint32 { return uint32(maphash.Bytes(d.seed, text)) }

func (d *Dictionary) part(hash uint32) int { return int(hash) & (len(d.parts) - 1) }

// look takes note of what a text is, without its number; it is false for a text of blanks only.
func (d *Dictionary) look(i int) bool {
	raw := d.texts.At(uint32(i))
	text := cleaning.Trim(raw)
	if len(text) == 0 {
		return false
	}
	e := entry{length: uint32(utf8.RuneCount(text))}
	if len(text) != len(raw) {
		e.what |= blankEnds
	}
	if b := text[0]; b < 'A' || b > 'z' || len(text) < 6 {
		e.what |= flags(text)
	}
	d.entries[i] = e
	return true
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

// number gives text i its number.
func (d *Dictionary) number(table textTable, hash uint32, i int) uint32 {
	id := uint32(i) + 1
	tag := hash &^ idMask
	mask := uint32(len(table) - 1)
	for at := slotOf(hash) & mask; ; at = (at + 1) & mask {
		e := table[at]
		if e == 0 {
			table[at] = id | tag
			return id
		}
		if e&^idMask == tag && bytes.Equal(d.Text(e&idMask), d.Text(id)) {
			return e & idMask
		}
	}
}

// slotOf spreads a hash, whose lower bits say the part and whose upper ones the tag, over the slots.
func slotOf(hash uint32) uint32 { return hash * 0x9E3779B1 >> 5 }

// find gives the entry of a trimmed text that did not come by its number; 0 where the table does not have it.
func (d *Dictionary) find(text []byte) uint32 {
	if len(d.parts) == 0 {
		return 0
	}
	hash := d.hash(text)
	table, tag := d.parts[d.part(hash)], hash&^idMask
	mask := uint32(len(table) - 1)
	for at := slotOf(hash) & mask; len(table) > 0 && table[at] != 0; at = (at + 1) & mask {
		e := table[at]
		if e&^idMask == tag && bytes.Equal(d.Text(e&idMask), text) {
			return d.entries[e&idMask-1].what &^ blankEnds
		}
	}
	return 0
}

// Text is the trimmed text with a number.
func (d *Dictionary) Text(id uint32) []byte { return cleaning.Trim(d.texts.At(id - 1)) }

// Value is the value of a cell that refers to the table.
func (d *Dictionary) Value(c cells.Cell) cleaning.Value {
	entry := d.entries[c.Bits].what
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
