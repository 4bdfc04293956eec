package spreadsheet

import (
	"errors"
	"sync"

	"fabricportal/internal/panics"
	"fabricportal/internal/services/importfile/spreadsheet/inflate"
)

// What is unpacked ahead of the reading.
const (
	aheadPieces = 4
	aheadBytes  = 256 << 10
)

// readAhead unpacks a member in a goroutine of its own, some pieces ahead, so that unpacking and scanning take a core each.
type readAhead struct {
	src     *member
	full    chan piece
	empty   chan []byte
	stop    chan struct{}
	done    chan struct{}
	current piece
	at      int
	close   func() error
}

type piece struct {
	buf   []byte
	bytes []byte // the part of buf that is new
	err   error  // after the bytes
}

func newReadAhead(src *member) *readAhead {
	r := &readAhead{src: src, full: make(chan piece, aheadPieces), empty: make(chan []byte, aheadPieces),
		stop: make(chan struct{}), done: make(chan struct{})}
	r.close = sync.OnceValue(func() error {
		close(r.stop)
		<-r.done
		return nil
	})
	for range aheadPieces {
		r.empty <- make([]byte, inflate.Window+aheadBytes)
	}
	go r.run()
	return r
}

func (r *readAhead) run() {
	defer close(r.done)
	var last []byte // what was unpacked last, with what stands in front of it
	for {
		var buf []byte
		select {
		case buf = <-r.empty:
		case <-r.stop:
			return
		}
		if last != nil {
			copy(buf[:inflate.Window], last[len(last)-inflate.Window:])
		}
		n, err := r.unpack(buf)
		last = buf[:inflate.Window+n]
		// There is room for every piece, so that this never waits.
		r.full <- piece{buf, last[inflate.Window:], err}
		if err != nil {
			return
		}
	}
}

// unpack carries a panic, as an error, to the goroutine that reads.
func (r *readAhead) unpack(buf []byte) (n int, err error) {
	defer func() {
		if e := panics.Of(recover()); e != nil {
			n, err = 0, e
		}
	}()
	return r.src.unpack(buf)
}

// Read is for what needs a copy: the beginning of a part that is not written in UTF-8.
func (r *readAhead) Read(b []byte) (int, error) {
	if r.at == len(r.current.bytes) {
		if _, n, err := r.piece(); n == 0 {
			return 0, err
		}
		r.at = 0
	}
	n := copy(b, r.current.bytes[r.at:])
	r.at += n
	return n, nil
}

// piece gives what was unpacked next: n bytes of buf behind the Window of what came before them. It is valid until the
// next call that gives some. An error comes without any bytes.
func (r *readAhead) piece() (buf []byte, n int, err error) {
	for {
		if r.current.err != nil {
			return nil, 0, r.current.err
		}
		next := <-r.full
		if e := (*panics.Error)(nil); errors.As(next.err, &e) {
			r.current.err = next.err
			panic(e)
		}
		// The checksum is taken here, where more time is left than where it is unpacked.
		_, next.err = r.src.check(next.bytes, next.err)
		if len(next.bytes) == 0 {
			if r.current.err = next.err; next.err == nil {
				r.empty <- next.buf
			}
			continue
		}
		if r.current.buf != nil {
			r.empty <- r.current.buf
		}
		r.current, r.at = next, len(next.bytes)
		return next.buf[:inflate.Window+len(next.bytes)], len(next.bytes), nil
	}
}

// Close ends the goroutine and waits for it.
func (r *readAhead) Close() error { return r.close() }
