// Package keys finds the rows of a file that repeat the key of an earlier row. Its memory is bounded for any number of rows.
// It compares keys by a hash of 64 bits, with a new seed each time. In a file of a million rows, the chance that two different keys are taken for equal is one in thirty million.
package keys

import (
	"bufio"
	"context"
	"encoding/binary"
	"hash/maphash"
	"io"

	"fabricportal/internal/services/importfile/scratch"
)

// Answer says whether an earlier row had a key.
type Answer uint8

// The answers.
const (
	New  Answer = iota // no earlier row had it
	Seen               // one had it
	Open               // not known until all rows were added: use Keep for the data that is needed then
)

// Set is the keys of the rows so far. The zero value is empty. It is not safe for use by several goroutines at once.
//
// Memory has room for as many keys as a workbook can have rows. For most later keys, a filter tells at once that they are new.
// The others are open until the end. Then they are compared by the hashes of all later keys, which are on disk.
type Set struct {
	Most int // keys in memory: 16 MB of them where 0; unlimited below 0

	seed  maphash.Seed
	made  bool
	table Table
	rest  *rest // nil while all keys are in the table
	err   error
}

// mostInMemory is the share of 2^21 slots that a Table fills.
const mostInMemory = 3 << 19

// rest is the keys that came when the table was full, without those that are in it.
type rest struct {
	filter filter
	hashes *Buckets // of the keys; that of an open one with the flag, followed by its number among the open ones
	kept   *scratch.File
	out    *bufio.Writer // of kept
	open   uint64        // their number
}

const openFlag = 1

// Hash is the hash of a key, never 0.
func (s *Set) Hash(key []byte) uint64 {
	if !s.made {
		s.seed, s.made = maphash.MakeSeed(), true
	}
	return max(maphash.Bytes(s.seed, key), 1)
}

// Expect makes room for n keys.
func (s *Set) Expect(n int) { s.table.Expect(min(n, s.most())) }

// Touch brings the memory that Add will read into the processor's cache. The processor can do this for many hashes at once, because no step depends on the value of another.
// The caller adds up the results, so that the compiler does not remove the call.
func (s *Set) Touch(hash uint64) uint64 {
	if s.rest != nil {
		return s.table.touch(hash) + s.rest.filter.touch(hash)
	}
	return s.table.touch(hash)
}

// Len is the number of keys in memory.
func (s *Set) Len() int { return s.table.Len() }

func (s *Set) most() int {
	switch {
	case s.Most == 0:
		return mostInMemory - 1
	case s.Most < 0:
		return int(^uint(0) >> 1)
	}
	return s.Most
}

// Add adds a key's hash and says whether an earlier row had it.
func (s *Set) Add(hash uint64) Answer {
	if s.rest == nil && s.table.Len() < s.most() {
		if s.table.Add(hash) {
			return New
		}
		return Seen
	}
	if s.table.Has(hash) {
		return Seen
	}
	if s.rest == nil && s.err == nil {
		s.rest, s.err = newRest()
	}
	if s.err != nil {
		return New // Settle says that nothing is known
	}
	r := s.rest
	if !r.filter.add(hash) {
		s.err = r.hashes.Add(hash, hash&^openFlag)
		return New
	}
	s.err = r.hashes.Add(hash, hash|openFlag, r.open)
	r.open++
	return Open
}

func newRest() (*rest, error) {
	hashes, err := NewBuckets()
	if err != nil {
		return nil, err
	}
	kept, err := scratch.Create()
	if err != nil {
		hashes.Close()
		return nil, err
	}
	return &rest{filter: newFilter(), hashes: hashes, kept: kept, out: bufio.NewWriterSize(kept, keptBuffer)}, nil
}

const keptBuffer = 1 << 16

// Keep keeps what Settle is to give of the key that Add called open just now.
func (s *Set) Keep(what []byte) {
	if s.err != nil {
		return
	}
	var length [binary.MaxVarintLen64]byte
	if _, s.err = s.rest.out.Write(length[:binary.PutUvarint(length[:], uint64(len(what)))]); s.err == nil {
		_, s.err = s.rest.out.Write(what)
	}
}

// Settle calls each for every open key, in their order: seen says whether an earlier row had the key, and what is the data given to Keep, valid until the next call of each.
// Call Settle once, after all rows. Errors are *scratch.Error, those of each, or that of ctx.
func (s *Set) Settle(ctx context.Context, each func(seen bool, what []byte) error) error {
	r := s.rest
	if s.err != nil || r == nil {
		return s.err
	}
	seen, err := r.seen(ctx)
	if err != nil {
		return err
	}
	if err := r.out.Flush(); err != nil {
		return err
	}
	in := bufio.NewReaderSize(io.NewSectionReader(r.kept, 0, r.kept.Size()), keptBuffer)
	var what []byte
	for i := range r.open {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		length, err := binary.ReadUvarint(in)
		if err != nil {
			return err
		}
		if uint64(cap(what)) < length {
			what = make([]byte, length)
		}
		what = what[:length]
		if _, err := io.ReadFull(in, what); err != nil {
			return err
		}
		if err := each(seen[i/64]&(1<<(i%64)) != 0, what); err != nil {
			return err
		}
	}
	return nil
}

// seen is a bit for each open key: whether an earlier one equals it. It holds the different hashes of one bucket at a time.
func (r *rest) seen(ctx context.Context) ([]uint64, error) {
	bits := make([]uint64, (r.open+63)/64)
	var earlier Table
	fresh, numbered := false, false // the last hash was new; it is an open one's, whose number comes next
	err := r.hashes.Each(func(numbers []uint64, first bool) error {
		if first {
			earlier.Reset()
		}
		for _, number := range numbers {
			if numbered {
				if !fresh {
					bits[number/64] |= 1 << (number % 64)
				}
				numbered = false
				continue
			}
			fresh, numbered = earlier.Add(number|openFlag), number&openFlag != 0
		}
		return ctx.Err()
	})
	return bits, err
}

// Close frees the space on disk.
func (s *Set) Close() {
	if s.rest != nil {
		s.rest.hashes.Close()
		_ = s.rest.kept.Close()
		s.rest = nil
	}
}
