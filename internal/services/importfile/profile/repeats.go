package profile

import (
	"context"
	"math/bits"
	"slices"

	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/keys"
)

// repeats counts rows that are equal to an earlier one, by the hashes of their values. Nearly always a row has a value
// that its column never had before, and so equals no earlier row: only the hashes of the others, the candidates, are looked
// for, once all rows are known. The zero value has no rows.
type repeats struct {
	pieces     [][]uint64 // the hashes of all rows, with the bit candidate
	last       []uint64
	candidates int
	rows       int
	spilled    int           // rows on disk
	disk       *keys.Buckets // the hashes of all rows, where they are too many for memory
	err        error         // why they can't be counted

	found   *hits.Cells // where the rows that repeat another are noted; nil for nowhere
	numbers rowNumbers  // of all rows, where they are
}

const (
	repeatsPiece = 1 << 16
	// mostInMemory is more rows than a sheet can have.
	mostInMemory = 2 << 20
	// mostLooked is about how many candidates are looked for at a time, so that what is known of them takes few megabytes.
	mostLooked = 1 << 17
	candidate  = 1
)

// add takes the next row; fresh says that no earlier row equals it.
func (r *repeats) add(hash uint64, fresh bool) {
	if len(r.last) == cap(r.last) {
		r.next()
	}
	hash &^= candidate
	if !fresh {
		hash |= candidate
		r.candidates++
	}
	r.last = append(r.last, hash)
	r.rows++
}

// at says which row of the file is added next.
func (r *repeats) at(number int) {
	if r.found != nil {
		r.numbers.add(number)
	}
}

// tell notes the row at a place.
func (r *repeats) tell(place int) {
	if r.found != nil {
		r.found.Add(r.numbers.of(place), hits.WholeRow)
	}
}

// next makes room for the next rows.
func (r *repeats) next() {
	if r.last != nil {
		r.pieces = append(r.pieces, r.last)
	}
	if r.rows >= mostInMemory && r.err == nil {
		if r.disk == nil {
			r.disk, r.err = keys.NewBuckets()
		}
		for _, piece := range r.pieces {
			if r.err == nil {
				r.err = r.spill(piece)
			}
		}
		r.last, r.pieces = r.pieces[len(r.pieces)-1][:0], nil
		return
	}
	r.last = make([]uint64, 0, repeatsPiece)
}

// close gives back what is on disk.
func (r *repeats) close() {
	if r.disk != nil {
		r.disk.Close()
	}
}

// count is the number of rows that repeat an earlier one. Errors are *scratch.Error, or that of ctx.
func (r *repeats) count(ctx context.Context) (int64, error) {
	if r.candidates == 0 || r.err != nil {
		return 0, r.err
	}
	pieces := append(slices.Clip(r.pieces), r.last)
	if r.disk == nil {
		return r.countRepeats(ctx, pieces)
	}
	if err := r.spill(r.last); err != nil {
		return 0, err
	}
	return r.countOnDisk(ctx)
}

// countOnDisk is countRepeats of rows on disk. It holds the different hashes of one bucket at a time: equal rows by the million
// take no memory.
func (r *repeats) countOnDisk(ctx context.Context) (n int64, err error) {
	var seen keys.Table
	err = r.disk.Each(func(numbers []uint64, first bool) error {
		if first {
			seen.Reset()
		}
		for at := 0; at < len(numbers); at += r.perRow() {
			hash := numbers[at]
			if seen.Add(hash|candidate) || hash&candidate == 0 {
				continue
			}
			if n++; r.found != nil {
				r.tell(int(numbers[at+1]))
			}
		}
		return ctx.Err()
	})
	return n, err
}

// perRow is how many numbers a row has on disk: its hash, and where rows are noted its place.
func (r *repeats) perRow() int {
	if r.found != nil {
		return 2
	}
	return 1
}

// spill adds the hashes of rows to those on disk.
func (r *repeats) spill(hashes []uint64) error {
	for _, hash := range hashes {
		row := [2]uint64{hash, uint64(r.spilled)}
		if err := r.disk.Add(hash, row[:r.perRow()]...); err != nil {
			return err
		}
		r.spilled++
	}
	return nil
}

// countRepeats counts the candidates among some rows that repeat an earlier one of them: by the hashes' upper bits, so
// many at a time.
func (r *repeats) countRepeats(ctx context.Context, pieces [][]uint64) (int64, error) {
	part := bits.Len(uint(r.candidates / mostLooked)) // bits that a part's hashes have in common
	var n int64
	for p := range uint64(1) << part {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		of := func(hash uint64) bool { return part == 0 || hash>>(64-part) == p }
		var wanted, seen keys.Table
		for _, piece := range pieces {
			for _, hash := range piece {
				if hash&candidate != 0 && of(hash) {
					wanted.Add(hash | candidate)
				}
			}
		}
		if wanted.Len() == 0 {
			continue
		}
		before := 0
		for _, piece := range pieces {
			for i, hash := range piece {
				if of(hash) && wanted.Has(hash|candidate) && !seen.Add(hash|candidate) && hash&candidate != 0 {
					n++
					r.tell(before + i)
				}
			}
			before += len(piece)
		}
	}
	return n, nil
}
