package keys

import (
	"encoding/binary"

	"fabricportal/internal/services/importfile/scratch"
)

// Buckets keeps numbers on disk, in buckets by the upper bits of hashes, each in the order in which they came: those of
// equal hashes are in one bucket, whose different hashes fit into memory however many there are in all.
type Buckets struct {
	file    *scratch.File
	buckets [buckets]bucket
	chunk   []byte
}

type bucket struct {
	unsent []uint64
	places []int64 // of the chunks in the file
}

const (
	bucketBits     = 8
	buckets        = 1 << bucketBits
	chunkNumbers   = 1 << 9
	bytesPerNumber = 8
)

// NewBuckets makes the file. Errors are *scratch.Error, as those of all methods.
func NewBuckets() (*Buckets, error) {
	file, err := scratch.Create()
	if err != nil {
		return nil, err
	}
	return &Buckets{file: file, chunk: make([]byte, chunkNumbers*bytesPerNumber)}, nil
}

// Close gives the space back.
func (b *Buckets) Close() { _ = b.file.Close() }

// Add adds numbers to the bucket of a hash.
func (b *Buckets) Add(hash uint64, numbers ...uint64) error {
	to := &b.buckets[hash>>(64-bucketBits)]
	if to.unsent == nil {
		to.unsent = make([]uint64, 0, chunkNumbers)
	}
	for _, number := range numbers {
		if to.unsent = append(to.unsent, number); len(to.unsent) < chunkNumbers {
			continue
		}
		for i, number := range to.unsent {
			binary.LittleEndian.PutUint64(b.chunk[i*bytesPerNumber:], number)
		}
		to.places = append(to.places, b.file.Size())
		if _, err := b.file.Write(b.chunk); err != nil {
			return err
		}
		to.unsent = to.unsent[:0]
	}
	return nil
}

// Each gives the numbers of one bucket after the other, piece by piece: a bucket may be as large as all of them where equal
// hashes were added by the million, and needs no memory for it. First says that a piece begins a bucket; a piece is valid until
// the next. Where all that were added came so many at a time that chunkNumbers is a multiple of it, no piece ends within them.
// An error of take ends it.
func (b *Buckets) Each(take func(numbers []uint64, first bool) error) error {
	numbers := make([]uint64, chunkNumbers)
	for i := range b.buckets {
		from := &b.buckets[i]
		first := true
		for _, place := range from.places {
			if _, err := b.file.ReadAt(b.chunk, place); err != nil {
				return err
			}
			for j := range numbers {
				numbers[j] = binary.LittleEndian.Uint64(b.chunk[j*bytesPerNumber:])
			}
			if err := take(numbers, first); err != nil {
				return err
			}
			first = false
		}
		if err := take(from.unsent, first); err != nil {
			return err
		}
	}
	return nil
}
