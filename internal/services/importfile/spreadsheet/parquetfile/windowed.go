package parquetfile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"

	"fabricportal/internal/services/importfile/scratch"
)

const (
	windowBytes = 64 << 10 // unpacked at a time
	// maxHistory is how much of what was unpacked is kept in memory to be referred to. Most programs write Snappy by pieces of
	// 64 KiB, which don't refer to each other; some refer to anything that came before.
	maxHistory = 4 << 20
)

// blockSource gives the next step of a packed block: so many bytes as they stand in literal, or a copy of some from so far
// back. At the end of the block it is io.EOF.
type blockSource interface {
	step() (literal, copied, back int, err error)
	literals() *bufio.Reader // where the literal bytes stand
}

// furthestBack is how far back the steps of a block refer at most.
func furthestBack(b blockSource) (furthest int, err error) {
	for {
		literal, _, back, err := b.step()
		if errors.Is(err, io.EOF) {
			return furthest, nil
		}
		if err == nil && literal > 0 {
			_, err = b.literals().Discard(literal)
		}
		if err != nil {
			return 0, cutShort(err)
		}
		furthest = max(furthest, back)
	}
}

// windowed unpacks a block one piece after the other and keeps what may be referred to.
type windowed struct {
	blocks  blockSource
	window  []byte        // a ring
	history int           // bytes of it that may be referred to
	far     *scratch.File // all that was unpacked, but for the last piece; nil where nothing refers to more than the window has
	written uint64        // bytes so far
	unread  int           // of those, the last ones that were not given yet
	literal int           // bytes of the current step that are left
	copied  int
	back    int
	done    int // bytes of the current copy that are not left
	err     error
}

// newWindowed unpacks a block of size bytes whose steps refer so far back at most.
func newWindowed(blocks blockSource, furthest int, size int64) (*windowed, error) {
	w := &windowed{blocks: blocks, history: min(furthest, maxHistory, int(size))}
	w.window = make([]byte, w.history+windowBytes)
	if furthest > maxHistory {
		var err error
		if w.far, err = scratch.Create(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *windowed) close() {
	if w.far != nil {
		_ = w.far.Close()
	}
}

// Read is part of io.Reader.
func (w *windowed) Read(p []byte) (int, error) {
	for w.unread == 0 && w.err == nil {
		from := w.written
		w.err = w.more()
		if err := w.keep(from); err != nil {
			w.err = err
		}
	}
	if w.unread == 0 {
		return 0, w.err
	}
	at := int((w.written - uint64(w.unread)) % uint64(len(w.window)))
	n := copy(p, w.window[at:min(at+w.unread, len(w.window))])
	w.unread -= n
	return n, nil
}

// more unpacks up to windowBytes bytes.
func (w *windowed) more() error {
	for w.unread < windowBytes {
		if w.literal == 0 && w.copied == 0 {
			var err error
			if w.literal, w.copied, w.back, err = w.blocks.step(); err != nil {
				return err
			}
			w.done = 0
			if w.copied > 0 && (w.back <= 0 || uint64(w.back) > w.written || w.back > w.history && w.far == nil) {
				return errPage
			}
			continue
		}
		at := int(w.written % uint64(len(w.window)))
		room := w.window[at:min(len(w.window), at+windowBytes-w.unread)]
		var n int
		var err error
		switch {
		case w.literal > 0:
			n, err = io.ReadFull(w.blocks.literals(), room[:min(len(room), w.literal)])
			w.literal -= n
		case w.back > w.history: // so that all of it is on disk
			n, err = w.far.ReadAt(room[:min(len(room), w.copied)], int64(w.written)-int64(w.back))
			w.copied -= n
		default:
			// What is copied may overlap with itself: it repeats then, and stands further back as often as it was copied.
			back := w.back
			if times := 1 + w.done/w.back; back*times <= w.history {
				back *= times
			}
			from := int((w.written - uint64(back)) % uint64(len(w.window)))
			n = copy(room[:min(len(room), w.copied, back)], w.window[from:])
			w.copied -= n
			w.done += n
		}
		w.written += uint64(n)
		w.unread += n
		if err != nil {
			return cutShort(err)
		}
	}
	return nil
}

// keep writes what was unpacked from a place on to the disk, where it may be referred to from far away.
func (w *windowed) keep(from uint64) error {
	for w.far != nil && from < w.written {
		at := int(from % uint64(len(w.window)))
		n, err := w.far.Write(w.window[at:min(len(w.window), at+int(w.written-from))])
		if err != nil {
			return err
		}
		from += uint64(n)
	}
	return nil
}

// cutShort is what is said of a block that ends too early.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errPage
	}
	return err
}

// buffered reads at most size bytes, some of them ahead.
func buffered(r io.Reader, size int64) *bufio.Reader {
	return bufio.NewReaderSize(io.LimitReader(r, size), int(min(max(size, 16), windowBytes)))
}

// snappyBlock reads a block of Snappy (its format_description.txt).
type snappyBlock struct {
	src   *bufio.Reader
	size  uint64 // that is expected
	begun bool
	given uint64
}

func (s *snappyBlock) literals() *bufio.Reader { return s.src }

func (s *snappyBlock) step() (literal, copied, back int, err error) {
	if !s.begun {
		s.begun = true
		if length, err := binary.ReadUvarint(s.src); err != nil || length != s.size {
			return 0, 0, 0, damagedOr(err)
		}
	}
	tag, err := s.src.ReadByte()
	if err != nil {
		if errors.Is(err, io.EOF) && s.given != s.size {
			err = errPage
		}
		return 0, 0, 0, err
	}
	count, extra := int(tag>>2)+1, 0 // bytes behind the tag
	switch tag & 3 {
	case 0: // bytes as they are; the number of many of them follows the tag
		extra = max(count-60, 0)
	case 1:
		count, extra = 4+int(tag>>2&7), 1
	case 2:
		extra = 2
	case 3:
		extra = 4
	}
	var operand uint64
	for i := range extra {
		b, err := s.src.ReadByte()
		if err != nil {
			return 0, 0, 0, cutShort(err)
		}
		operand |= uint64(b) << (8 * i)
	}
	switch {
	case tag&3 != 0:
		if tag&3 == 1 {
			operand |= uint64(tag>>5) << 8
		}
		copied, back = count, int(min(operand, math.MaxInt32))
	case extra > 0:
		literal = int(operand) + 1
	default:
		literal = count
	}
	if s.given += uint64(literal + copied); s.given > s.size {
		return 0, 0, 0, errPage
	}
	return literal, copied, back, nil
}

// lz4Blocks reads a block of LZ4.
type lz4Blocks struct {
	src   *bufio.Reader
	token byte
	match bool // the literal of the sequence was given
}

func (l *lz4Blocks) literals() *bufio.Reader { return l.src }

func (l *lz4Blocks) step() (literal, copied, back int, err error) {
	if !l.match {
		if l.token, err = l.src.ReadByte(); err != nil {
			return 0, 0, 0, err
		}
		l.match = true
		literal, err = l.length(int(l.token >> 4))
		return literal, 0, 0, err
	}
	l.match = false
	low, err := l.src.ReadByte()
	if err != nil { // the last sequence is a literal only
		return 0, 0, 0, err
	}
	high, err := l.src.ReadByte()
	if err != nil {
		return 0, 0, 0, cutShort(err)
	}
	copied, err = l.length(int(l.token & 15))
	return 0, copied + 4, int(low) | int(high)<<8, err
}

func (l *lz4Blocks) length(n int) (int, error) {
	if n < 15 {
		return n, nil
	}
	for n <= maxPageBytes {
		more, err := l.src.ReadByte()
		if err != nil {
			return 0, cutShort(err)
		}
		if n += int(more); more < 255 {
			return n, nil
		}
	}
	return 0, errPage
}

// damagedOr is an error as it is, where there is one that is no end of the data.
func damagedOr(err error) error {
	if err == nil {
		return errPage
	}
	return cutShort(err)
}
