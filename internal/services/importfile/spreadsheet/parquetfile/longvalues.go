package parquetfile

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"fabricportal/internal/services/importfile/scratch"
)

// The decoders of long pages: as those in decode.go and values.go, but from a stream, and some values at a time.

func bytesOf(b []byte) *bufio.Reader { return bufio.NewReaderSize(bytes.NewReader(b), 512) }

// errPageOr is what is said of a number that can't be read.
func errPageOr(err error) error {
	if errors.As(err, new(*diskError)) || errors.Is(err, errTooLarge) {
		return err
	}
	return errPage
}

// bits gives numbers of a bit each as words, behind some bytes that say how many there are.
func (l *longPage) bits(r *runs, skip int) func(dst []uint64) error {
	return func(dst []uint64) error {
		if len(dst) == 0 {
			return nil
		}
		if _, err := r.src.Discard(skip); err != nil {
			return cutShort(err)
		}
		skip = 0
		var err error
		if l.p.numbers, err = room(l.p, l.p.numbers, len(dst), 4); err != nil {
			return err
		}
		if err := r.read(l.p.numbers); err != nil {
			return err
		}
		for i, v := range l.p.numbers {
			dst[i] = uint64(v)
		}
		return nil
	}
}

func (l *longPage) dictionaryValues() error {
	var indices *runs
	l.values.indices = func(dst []uint32) error {
		if len(dst) == 0 {
			return nil
		}
		if indices == nil {
			width, err := l.plain.ReadByte()
			if err != nil {
				return cutShort(err)
			}
			indices = newRuns(l.plain, uint(width))
		}
		return indices.read(dst)
	}
	return nil
}

func (l *longPage) plainValues(size int64) error {
	width := 0
	switch column := l.p.column; column.physical {
	case physicalBool:
		packed := &runs{src: l.plain, width: 1, packed: true, left: 1 << 62}
		l.values.words = l.bits(packed, 0)
		return nil
	case physicalInt32, physicalFloat:
		l.values.words = wordsOf(l.plain, 4)
		return nil
	case physicalInt64, physicalDouble:
		l.values.words = wordsOf(l.plain, 8)
		return nil
	case physicalInt96:
		width = 12
	case physicalFixed:
		width = column.length
	}
	text := taker{src: l.plain, left: size}
	l.values.next = func() ([]byte, error) {
		if l.p.column.physical != physicalBytes {
			return text.take(int64(width))
		}
		length, err := text.take(4)
		if err != nil {
			return nil, err
		}
		return text.take(int64(binary.LittleEndian.Uint32(length)))
	}
	return nil
}

func wordsOf(src *bufio.Reader, width int) func(dst []uint64) error {
	var b [8]byte
	return func(dst []uint64) error {
		for i := range dst {
			if _, err := io.ReadFull(src, b[:width]); err != nil {
				return cutShort(err)
			}
			dst[i] = binary.LittleEndian.Uint64(b[:])
		}
		return nil
	}
}

// taker gives bytes of a stream, valid until the next call.
type taker struct {
	src  *bufio.Reader
	left int64
	own  []byte
}

func (t *taker) take(n int64) ([]byte, error) {
	switch {
	case n > t.left:
		return nil, errPage
	case n > maxLongText:
		return nil, errTooLarge
	}
	t.left -= n
	if n <= 512 {
		b, err := t.src.Peek(int(n))
		if err != nil {
			return nil, cutShort(err)
		}
		_, _ = t.src.Discard(int(n)) // they are there
		return b, nil
	}
	if int64(cap(t.own)) < n {
		t.own = make([]byte, n)
	}
	if _, err := io.ReadFull(t.src, t.own[:n]); err != nil {
		return nil, cutShort(err)
	}
	return t.own[:n], nil
}

// spool is the plain bytes of a page on disk, for encodings whose parts are read side by side.
type spool struct{ file *scratch.File }

// from reads from a place on.
func (s *spool) from(place, to int64) *bufio.Reader {
	return buffered(io.NewSectionReader(s.file, place, max(to-place, 0)), max(to-place, 0))
}

// skipped is where a series of differences that begins at a place ends.
func (s *spool) skipped(place, to int64) (int64, error) {
	counted := &bytesRead{r: io.NewSectionReader(s.file, place, max(to-place, 0))}
	src := buffered(counted, max(to-place, 0))
	d := newDeltas(src)
	if err := d.begin(); err != nil {
		return 0, err
	}
	for d.left > 0 {
		if _, err := d.next(); err != nil {
			return 0, err
		}
	}
	return place + counted.n - int64(src.Buffered()), nil
}

type bytesRead struct {
	r io.Reader
	n int64
}

func (c *bytesRead) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

func (l *longPage) deltaLengths(size int64) error {
	if size == 0 {
		l.values.next = func() ([]byte, error) { return nil, errPage }
		return nil
	}
	if err := l.onDisk(size); err != nil {
		return err
	}
	texts, err := l.spool.skipped(0, size)
	if err != nil {
		return err
	}
	lengths, text := newDeltas(l.spool.from(0, size)), taker{src: l.spool.from(texts, size), left: size - texts}
	l.values.counted = []*deltas{lengths}
	l.values.next = func() ([]byte, error) {
		length, err := lengths.next()
		if err == nil && length < 0 {
			err = errPage
		}
		if err != nil {
			return nil, err
		}
		return text.take(length)
	}
	return nil
}

func (l *longPage) deltaBytes(size int64) error {
	if size == 0 {
		l.values.next = func() ([]byte, error) { return nil, errPage }
		return nil
	}
	if err := l.onDisk(size); err != nil {
		return err
	}
	second, err := l.spool.skipped(0, size)
	if err != nil {
		return err
	}
	texts, err := l.spool.skipped(second, size)
	if err != nil {
		return err
	}
	prefixes, lengths := newDeltas(l.spool.from(0, size)), newDeltas(l.spool.from(second, size))
	text := taker{src: l.spool.from(texts, size), left: size - texts}
	l.values.counted = []*deltas{prefixes, lengths}
	var value []byte
	copied := 0
	l.values.next = func() ([]byte, error) {
		prefix, err := prefixes.next()
		if err != nil {
			return nil, err
		}
		length, err := lengths.next()
		if err != nil {
			return nil, err
		}
		if length < 0 || prefix < 0 || prefix > int64(len(value)) {
			return nil, errPage
		}
		suffix, err := text.take(length)
		if err != nil {
			return nil, err
		}
		value = append(value[:prefix], suffix...)
		// Prefixes of prefixes can stand for far more than the page holds.
		if copied += len(value); copied > 2*maxPageBytes || len(value) > maxLongText {
			return nil, errTooLarge
		}
		if l.p.column.physical == physicalFixed && len(value) != l.p.column.length {
			return nil, errPage
		}
		return value, nil
	}
	return nil
}

// splitBytes reads values whose first bytes come first, then all second ones, and so on.
func (l *longPage) splitBytes(size int64) error {
	width := l.p.column.length
	switch l.p.column.physical {
	case physicalInt32, physicalFloat:
		width = 4
	case physicalInt64, physicalDouble:
		width = 8
	case physicalFixed:
	default:
		return errPage
	}
	if width <= 0 || width > 1<<10 {
		return errPage
	}
	if err := l.onDisk(size); err != nil {
		return err
	}
	stride := size / int64(width)
	places := make([]*bufio.Reader, width)
	for k := range places {
		places[k] = l.spool.from(int64(k)*stride, int64(k+1)*stride)
	}
	read := func(k int) (byte, error) {
		b, err := places[k].ReadByte()
		return b, cutShortOrNil(err)
	}
	if l.p.column.physical == physicalFixed {
		value := make([]byte, width)
		l.values.next = func() (_ []byte, err error) {
			for k := range value {
				if value[k], err = read(k); err != nil {
					return nil, err
				}
			}
			return value, nil
		}
		return nil
	}
	l.values.words = func(dst []uint64) error {
		for i := range dst {
			dst[i] = 0
			for k := range width {
				b, err := read(k)
				if err != nil {
					return err
				}
				dst[i] |= uint64(b) << (8 * k)
			}
		}
		return nil
	}
	return nil
}

func cutShortOrNil(err error) error {
	if err == nil {
		return nil
	}
	return cutShort(err)
}
