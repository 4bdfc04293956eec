package changes

import (
	"encoding/binary"
	"io"

	"fabricportal/internal/services/importfile/scratch"
)

const (
	bucketBits = 8
	buckets    = 1 << bucketBits
	chunkBytes = 16 << 10
)

// partition keeps records on disk, in buckets by the upper bits of a hash, each in the order in which they came.
type partition struct {
	file    *scratch.File
	buckets [buckets]bucket
}

type bucket struct {
	unsent []byte
	chunks []place // of some records each, which are whole
}

func newPartition() (*partition, error) {
	file, err := scratch.Create()
	if err != nil {
		return nil, err
	}
	return &partition{file: file}, nil
}

func (p *partition) close() {
	if p != nil {
		_ = p.file.Close()
	}
}

// add adds a record to the bucket of a hash.
func (p *partition) add(hash uint64, record []byte) error {
	b := &p.buckets[hash>>(64-bucketBits)]
	if len(b.unsent) > 0 && len(b.unsent)+len(record)+binary.MaxVarintLen64 > chunkBytes {
		if err := p.send(b); err != nil {
			return err
		}
	}
	if b.unsent == nil {
		b.unsent = make([]byte, 0, chunkBytes)
	}
	b.unsent = binary.AppendUvarint(b.unsent, uint64(len(record)))
	b.unsent = append(b.unsent, record...)
	if len(b.unsent) > chunkBytes { // a long record must not keep its room for all buckets
		err := p.send(b)
		b.unsent = nil
		return err
	}
	return nil
}

func (p *partition) send(b *bucket) error {
	if len(b.unsent) == 0 {
		return nil
	}
	b.chunks = append(b.chunks, place{p.file.Size(), len(b.unsent)})
	_, err := p.file.Write(b.unsent)
	b.unsent = b.unsent[:0]
	return err
}

// finish writes what is left, and gives the memory back.
func (p *partition) finish() error {
	for i := range p.buckets {
		b := &p.buckets[i]
		if err := p.send(b); err != nil {
			return err
		}
		b.unsent = nil
	}
	return nil
}

// place is where a record, or a chunk of them, stands in the file.
type place struct {
	at    int64
	bytes int
}

// each gives the records of a bucket; a record is valid until the next. room is memory that is used again.
func (p *partition) each(number int, room *[]byte, take func(record []byte, at place) error) error {
	for _, c := range p.buckets[number].chunks {
		data, err := p.read(c, room)
		if err != nil {
			return err
		}
		for from := 0; from < len(data); {
			length, n := binary.Uvarint(data[from:])
			from += n
			if n <= 0 || length > uint64(len(data)-from) {
				return io.ErrUnexpectedEOF
			}
			if err := take(data[from:from+int(length)], place{c.at + int64(from), int(length)}); err != nil {
				return err
			}
			from += int(length)
		}
	}
	return nil
}

func (p *partition) read(at place, room *[]byte) ([]byte, error) {
	if cap(*room) < at.bytes {
		*room = make([]byte, at.bytes)
	}
	data := (*room)[:at.bytes]
	_, err := p.file.ReadAt(data, at.at)
	return data, err
}
