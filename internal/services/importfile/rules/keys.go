package rules

import (
	"cmp"
	"encoding/binary"
	"math"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/keys"
	"fabricportal/internal/services/importfile/scan"
)

// keyTest tells which rows repeat an earlier row's values in some columns; a row that has none of them is not judged.
type keyTest struct {
	checker *Checker
	test    *test
	of      []*column
	seen    keys.Set
	key     []byte
	hashes  []uint64 // of the batch's rows; 0 for those that are not judged
	touched uint64
}

func (k *keyTest) check(b *scan.Batch, _ []bool, _ int) {
	k.start(b)
	for row := b.First; row < len(b.Rows); row++ {
		if !k.fresh(b, row) {
			k.checker.failed(k.test, b, row)
		}
	}
}

// start computes the hashes of a batch and looks where each would stand. The places are far apart in memory: the
// processor fetches many at once where nothing depends on what it finds, and has them when the rows are asked about.
func (k *keyTest) start(b *scan.Batch) {
	k.hashes = k.hashes[:0]
	for row := range b.Rows {
		k.key = k.key[:0]
		judged := false
		for _, of := range k.of {
			v := &of.slots[b.Slot].values[row]
			judged = judged || v.Kind != cleaning.Null
			k.key = append(appendText(k.key, v), 0)
			if v.Same != 0 && k.seen.Len() == 0 {
				k.seen.Expect(k.checker.source.texts.Len())
			}
		}
		hash := uint64(0)
		if judged {
			hash = k.seen.Hash(k.key)
		}
		k.hashes = append(k.hashes, hash)
	}
	for _, hash := range k.hashes {
		k.touched += k.seen.Touch(hash)
	}
}

// fresh says that a row's key is new, or that this is not known before the end.
func (k *keyTest) fresh(b *scan.Batch, row int) bool {
	hash := k.hashes[row]
	if hash == 0 {
		return true
	}
	switch k.seen.Add(hash) {
	case keys.Seen:
		return false
	case keys.Open:
		shown := &k.of[0].slots[b.Slot].values[row]
		k.key = binary.AppendUvarint(k.key[:0], uint64(b.Rows[row].Number))
		k.key = binary.LittleEndian.AppendUint64(k.key, math.Float64bits(float64(k.checker.revenueIn(b, row))))
		k.seen.Keep(append(k.key, example(shown)...))
	}
	return true
}

// mostHeldKeys is how many keys of all rules are kept in memory where the bad rows are wanted, of 8 bytes in tables that are
// three quarters full at most.
const mostHeldKeys = 6 << 20

// keysFit refuses, with a *FileError, a file whose keys take more memory than they may where each row is judged at once.
func (c *Checker) keysFit() error {
	held, most := 0, cmp.Or(c.opts.mostHeld, mostHeldKeys)
	for _, t := range c.byRow {
		if t.keys != nil {
			held += t.keys.seen.Len()
		}
	}
	if held <= most {
		return nil
	}
	return &FileError{format.Say("{{.File}} has more than {{.Most}} different keys, too many to pick out the offending rows: check it without a workbook of them, or a part of it",
		"File", c.file.Name(), "Most", most)}
}
