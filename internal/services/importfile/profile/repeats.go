package profile

import (
	"context"
	"math/bits"
	"slices"

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
	disk       *keys.Buckets // the hashes of all rows, where they are too many for memory
	err        error         // why they can't be counted
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
				r.err = addAll(r.disk, piece)
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
		return countRepeats(ctx, pieces, r.candidates)
	}
	if err := addAll(r.disk, r.last); err != nil {
		return 0, err
	}
	return countOnDisk(ctx, r.disk)
}

// countOnDisk is countRepeats of rows on disk. It holds the different hashes of one bucket at a time: equal rows by the million
// take no memory.
func countOnDisk(ctx context.Context, disk *keys.Buckets) (n int64, err error) {
	var seen keys.Table
	err = disk.Each(func(hashes []uint64, first bool) error {
		if first {
			seen.Reset()
		}
		for _, hash := range hashes {
			if !seen.Add(hash|candidate) && hash&candidate != 0 {
				n++
			}
		}
		return ctx.Err()
	})
	return n, err
}

func addAll(to *keys.Buckets, hashes []uint64) error {
	for _, hash := range hashes {
		if err := to.Add(hash, hash); err != nil {
			return err
		}
	}
	return nil
}

// countRepeats counts the candidates among some rows that repeat an earlier one of them: by the hashes' upper bits, so
// many at a time.
func countRepeats(ctx context.Context, pieces [][]uint64, candidates int) (int64, error) {
	part := bits.Len(uint(candidates / mostLooked)) // bits that a part's hashes have in common
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
		for _, piece := range pieces {
			for _, hash := range piece {
				if of(hash) && wanted.Has(hash|candidate) && !seen.Add(hash|candidate) && hash&candidate != 0 {
					n++
				}
			}
		}
	}
	return n, nil
}
