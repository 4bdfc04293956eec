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

// runs decodes numbers of some bits each (Parquet's RLE).
type runs struct {
	src    *bufio.Reader
	width  uint
	left   uint64 // of the current run
	packed bool
	value  uint32 // of a run of one number
	held   uint64 // bits of packed ones
	have   uint
}

func newRuns(src *bufio.Reader, width uint) *runs { return &runs{src: src, width: width} }

func (r *runs) read(dst []uint32) error {
	for len(dst) > 0 {
		if r.left == 0 {
			if err := r.begin(); err != nil {
				return err
			}
		}
		run := dst[:min(r.left, uint64(len(dst)))]
		for i := range run {
			if !r.packed {
				run[i] = r.value
				continue
			}
			for r.have < r.width {
				b, err := r.src.ReadByte() // the last run may be cut behind its last value
				if err != nil {
					return cutShort(err)
				}
				r.held |= uint64(b) << r.have
				r.have += 8
			}
			run[i] = uint32(r.held & (1<<r.width - 1))
			r.held >>= r.width
			r.have -= r.width
		}
		r.left -= uint64(len(run))
		dst = dst[len(run):]
	}
	return nil
}

func (r *runs) begin() error {
	if r.width > 32 {
		return errPage
	}
	head, err := binary.ReadUvarint(r.src)
	if err != nil {
		return errPageOr(err)
	}
	r.left, r.packed, r.held, r.have = head>>1, head&1 == 1, 0, 0
	if r.left == 0 || r.packed && r.left > 1<<31 {
		return errPage
	}
	if r.packed {
		r.left *= 8
		return nil
	}
	r.value = 0
	for i := range int(r.width+7) / 8 {
		b, err := r.src.ReadByte()
		if err != nil {
			return cutShort(err)
		}
		r.value |= uint32(b) << (8 * i)
	}
	if uint64(r.value)>>r.width != 0 {
		return errPage
	}
	return nil
}

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

// deltas decodes numbers that were written as differences (DELTA_BINARY_PACKED).
type deltas struct {
	src    *bufio.Reader
	begun  bool
	left   uint64 // numbers that are left
	first  bool   // the next is the first
	last   int64
	least  int64
	minis  uint64
	per    int
	widths []byte // of the block's pieces that are left
	width  uint
	inMini int // numbers that are left in the piece
	held   uint64
	have   uint
	rest   int // bytes of the piece behind what was read
}

func newDeltas(src *bufio.Reader) *deltas { return &deltas{src: src} }

func deltaWords(d *deltas) func(dst []uint64) error {
	return func(dst []uint64) error {
		for i := range dst {
			v, err := d.next()
			if err != nil {
				return err
			}
			dst[i] = uint64(v)
		}
		return nil
	}
}

// begin reads how many numbers there are.
func (d *deltas) begin() error {
	if d.begun {
		return nil
	}
	d.begun = true
	var head [3]uint64
	for i := range head {
		v, err := binary.ReadUvarint(d.src)
		if err != nil {
			return errPageOr(err)
		}
		head[i] = v
	}
	first, err := binary.ReadVarint(d.src)
	if err != nil {
		return errPageOr(err)
	}
	block, minis := head[0], head[1]
	if block == 0 || block%128 != 0 || block > 1<<20 || minis == 0 || minis > 4096 || block%minis != 0 || block/minis%8 != 0 {
		return errPage
	}
	d.left, d.first, d.last, d.minis, d.per = head[2], true, first, minis, int(block/minis)
	return nil
}

func (d *deltas) next() (int64, error) {
	if err := d.begin(); err != nil {
		return 0, err
	}
	if d.left == 0 {
		return 0, errPage
	}
	if !d.first {
		if d.inMini == 0 {
			if err := d.piece(); err != nil {
				return 0, err
			}
		}
		v, err := d.packed()
		if err != nil {
			return 0, err
		}
		d.last += d.least + int64(v)
		d.inMini--
	}
	d.first = false
	d.left--
	if d.left == 0 {
		return d.last, d.pass() // what follows begins behind the whole piece
	}
	return d.last, nil
}

// piece begins the next piece of a block, or the next block.
func (d *deltas) piece() error {
	if len(d.widths) == 0 {
		least, err := binary.ReadVarint(d.src)
		if err != nil {
			return errPageOr(err)
		}
		d.least = least
		d.widths = make([]byte, d.minis)
		if _, err := io.ReadFull(d.src, d.widths); err != nil {
			return cutShort(err)
		}
	}
	d.width = uint(d.widths[0])
	d.widths = d.widths[1:]
	if d.width > 64 {
		return errPage
	}
	d.inMini, d.held, d.have, d.rest = d.per, 0, 0, d.per*int(d.width)/8
	return nil
}

// packed reads the next number of a piece.
func (d *deltas) packed() (v uint64, err error) {
	for got := uint(0); got < d.width; {
		if d.have == 0 {
			b, err := d.src.ReadByte()
			if err != nil {
				return 0, cutShort(err)
			}
			d.held, d.have = uint64(b), 8
			d.rest--
		}
		n := min(d.have, d.width-got)
		v |= d.held & (1<<n - 1) << got
		d.held >>= n
		d.have -= n
		got += n
	}
	return v, nil
}

// pass passes over the rest of a piece.
func (d *deltas) pass() error {
	_, err := d.src.Discard(d.rest)
	d.rest = 0
	return cutShortOrNil(err)
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
