package profile

import (
	"encoding/binary"

	"fabricportal/internal/services/scratch"
)

// hashFile keeps hashes on disk, in buckets by their upper bits, each in the order in which they came: equal ones are in
// one bucket, which fits into memory however many there are in all.
type hashFile struct {
	file    *scratch.File
	buckets [buckets]bucket
	chunk   []byte
}

type bucket struct {
	unsent []uint64
	places []int64 // of the chunks in the file
}

const (
	bucketBits   = 8
	buckets      = 1 << bucketBits
	chunkHashes  = 1 << 9
	bytesPerHash = 8
)

func newHashFile() (*hashFile, error) {
	file, err := scratch.Create()
	if err != nil {
		return nil, err
	}
	return &hashFile{file: file, chunk: make([]byte, chunkHashes*bytesPerHash)}, nil
}

func (f *hashFile) close() { _ = f.file.Close() }

func (f *hashFile) add(hashes []uint64) error {
	for _, hash := range hashes {
		b := &f.buckets[hash>>(64-bucketBits)]
		if b.unsent == nil {
			b.unsent = make([]uint64, 0, chunkHashes)
		}
		if b.unsent = append(b.unsent, hash); len(b.unsent) < chunkHashes {
			continue
		}
		for i, hash := range b.unsent {
			binary.LittleEndian.PutUint64(f.chunk[i*bytesPerHash:], hash)
		}
		b.places = append(b.places, f.file.Size())
		if _, err := f.file.Write(f.chunk); err != nil {
			return err
		}
		b.unsent = b.unsent[:0]
	}
	return nil
}

// each gives the hashes of one bucket after the other; they are valid until the next.
func (f *hashFile) each(take func(hashes []uint64) error) error {
	var hashes []uint64
	for i := range f.buckets {
		b := &f.buckets[i]
		hashes = hashes[:0]
		for _, place := range b.places {
			if _, err := f.file.ReadAt(f.chunk, place); err != nil {
				return err
			}
			for at := 0; at < len(f.chunk); at += bytesPerHash {
				hashes = append(hashes, binary.LittleEndian.Uint64(f.chunk[at:]))
			}
		}
		if err := take(append(hashes, b.unsent...)); err != nil {
			return err
		}
	}
	return nil
}
