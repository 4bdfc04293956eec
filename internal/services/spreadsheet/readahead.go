package spreadsheet

import (
	"io"
	"sync"
)

// What is unpacked ahead of the reading.
const (
	aheadPieces = 4
	aheadBytes  = 128 << 10
)

// readAhead reads its source in a goroutine of its own, some pieces ahead, so that unpacking and scanning take a core each.
type readAhead struct {
	src     io.ReadCloser
	full    chan piece
	empty   chan []byte
	stop    chan struct{}
	done    chan struct{}
	current piece
	at      int
	close   func() error
}

type piece struct {
	bytes []byte
	err   error // after the bytes
}

func newReadAhead(src io.ReadCloser) *readAhead {
	r := &readAhead{src: src, full: make(chan piece, aheadPieces), empty: make(chan []byte, aheadPieces),
		stop: make(chan struct{}), done: make(chan struct{})}
	r.close = sync.OnceValue(func() error {
		close(r.stop)
		<-r.done
		return r.src.Close()
	})
	for range aheadPieces {
		r.empty <- make([]byte, aheadBytes)
	}
	go r.run()
	return r
}

func (r *readAhead) run() {
	defer close(r.done)
	for {
		var buf []byte
		select {
		case buf = <-r.empty:
		case <-r.stop:
			return
		}
		n := 0
		var err error
		for n < len(buf) && err == nil {
			var more int
			more, err = r.src.Read(buf[n:])
			n += more
		}
		// There is room for every piece, so that this never waits.
		r.full <- piece{buf[:n], err}
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
		if r.current.bytes != nil {
			r.empty <- r.current.bytes[:cap(r.current.bytes)]
		}
		r.current, r.at = <-r.full, 0
	}
	n := copy(b, r.current.bytes[r.at:])
	r.at += n
	return n, nil
}

// Close ends the goroutine and waits for it.
func (r *readAhead) Close() error { return r.close() }
