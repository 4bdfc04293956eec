package inflate

import "io"

// chunk is what Reader unpacks at a time.
const chunk = 128 << 10

// Reader unpacks a stream as an io.Reader.
type Reader struct {
	d        *Decoder
	buf      []byte
	from, to int
	err      error
}

// NewReader unpacks src, which holds about size bytes; 0 where that is not known.
func NewReader(src io.Reader, size int64) *Reader {
	room := int64(chunk)
	if size > 0 {
		room = min(max(16*size, MinRoom), chunk) // a small member needs no large buffer
	}
	return &Reader{d: NewDecoder(src, size), buf: make([]byte, Window+room), from: Window, to: Window}
}

// Consumed is how much of the packed stream was used, in bytes.
func (r *Reader) Consumed() int64 { return r.d.Consumed() }

// Read is part of io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	for r.from == r.to {
		if r.err != nil {
			return 0, r.err
		}
		keep(r.buf, r.to)
		n, err := r.d.Decode(r.buf)
		r.from, r.to, r.err = Window, Window+n, err
	}
	n := copy(p, r.buf[r.from:r.to])
	r.from += n
	return n, nil
}

// keep moves the last Window bytes before to to the front, as the history of what is unpacked next.
func keep(buf []byte, to int) { copy(buf[:Window], buf[to-Window:to]) }
