package spreadsheet

import (
	"sync"

	"fabricportal/internal/services/inflate"
)

// What is unpacked ahead of the reading.
const (
	aheadPieces = 4
	aheadBytes  = 128 << 10
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
		n, err := r.src.unpack(buf)
		last = buf[:inflate.Window+n]
		// There is room for every piece, so that this never waits.
		r.full <- piece{buf, last[inflate.Window:], err}
		if err != nil {
			return
		}
	}
}

func (r *readAhead) Read(b []byte) (int, error) {
	for r.at == len(r.current.bytes) {
		if r.current.err != nil {
			return 0, r.current.err
		}
		if r.current.buf != nil {
			r.empty <- r.current.buf
		}
		r.current, r.at = <-r.full, 0
	}
	n := copy(b, r.current.bytes[r.at:])
	r.at += n
	return n, nil
}

// Close ends the goroutine and waits for it.
func (r *readAhead) Close() error { return r.close() }
