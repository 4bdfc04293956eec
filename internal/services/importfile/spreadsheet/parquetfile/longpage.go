package parquetfile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"fabricportal/internal/services/importfile/scratch"
)

const (
	// maxLevelBytes is how long the marks of empty values in a long page may be; most programs write a byte for some of them.
	maxLevelBytes = 16 << 20
	// maxLongText is the longest text of a long page, as of a text file.
	maxLongText = 16 << 20
)

// diskError is an error of the file that is read, as opposed to one in what stands there.
type diskError struct{ err error }

func (e *diskError) Error() string { return e.err.Error() }

// section is the packed bytes of a page.
type section struct{ *io.SectionReader }

func (s section) Read(b []byte) (int, error) {
	n, err := s.SectionReader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &diskError{err}
	}
	return n, err
}

// longPage decodes a page from its first row to its last, some rows at a time, so that it never is in memory as a whole.
type longPage struct {
	p       *pages
	rows    int   // that are left
	levels  *runs // which of them have values; nil where all have
	marks   []uint32
	values  streams
	plain   *bufio.Reader
	packing io.Reader // what plain reads
	closing func()
	spool   *spool // the plain bytes on disk; nil where they are read once
}

// streams give the values of a long page. One of the three functions is there.
type streams struct {
	words   func(dst []uint64) error // numbers as they stand in the file
	indices func(dst []uint32) error // of the dictionary
	next    func() ([]byte, error)   // bytes, valid until the next call
	counted []*deltas                // what must be read to its end
}

// openLong begins to read a long page, and passes over it in the file.
func (p *pages) openLong(h pageHeader) (*longPage, error) {
	l := &longPage{p: p, rows: int(h.values), closing: func() {}}
	if err := l.open(h); err != nil {
		l.close()
		return nil, longError(err)
	}
	return l, nil
}

func (l *longPage) open(h pageHeader) (err error) {
	p := l.p
	from := p.at
	p.at += h.packed
	packed := func(skip int64) io.Reader { return section{io.NewSectionReader(p.src, from+skip, h.packed-skip)} }
	if h.checked && !p.partly {
		sum := crc32.NewIEEE()
		if _, err := io.Copy(sum, packed(0)); err != nil {
			return err
		}
		if sum.Sum32() != h.crc {
			return errPage
		}
	}
	var levels []byte
	size := h.plain
	skip := int64(0)
	if h.kind == pageDataV2 {
		skip = h.repetitions + h.definitions
		size -= skip
		if levels, err = readLevels(io.LimitReader(section{io.NewSectionReader(p.src, from+h.repetitions, h.definitions)}, h.definitions), h.definitions); err != nil {
			return err
		}
	}
	codec := p.codec
	if h.kind == pageDataV2 && h.stored {
		codec = codecNone
	}
	if codec == codecNone && h.packed-skip != size {
		return errPage
	}
	if size == 0 {
		l.packing = io.LimitReader(packed(skip), 0)
	} else if l.packing, l.closing, err = unpacking(codec, func() io.Reader { return packed(skip) }, h.packed-skip, size); err != nil {
		l.closing = func() {}
		return err
	}
	l.plain = buffered(l.packing, size)
	if h.kind == pageData && p.column.optional {
		if h.levelEncoding != encodingRLE {
			return &UnsupportedError{"an old way to mark empty values"}
		}
		length, err := l.plainUint32()
		if err != nil || int64(length) > size-4 {
			return damagedOr(err)
		}
		if levels, err = readLevels(l.plain, int64(length)); err != nil {
			return err
		}
		size -= 4 + int64(length)
	}
	if p.column.optional {
		l.levels = newRuns(bytesOf(levels), 1)
	}
	return l.begin(h.encoding, size)
}

// longError is what is said of a long page that can't be read.
func longError(err error) error {
	if err == nil || errors.As(err, new(*UnsupportedError)) || errors.As(err, new(*scratch.Error)) {
		return err
	}
	return unpackError(err)
}

func readLevels(r io.Reader, length int64) ([]byte, error) {
	if length > maxLevelBytes {
		return nil, errTooLarge
	}
	levels := make([]byte, length)
	if _, err := io.ReadFull(r, levels); err != nil {
		return nil, err
	}
	return levels, nil
}

func (l *longPage) plainUint32() (uint32, error) {
	var b [4]byte
	_, err := io.ReadFull(l.plain, b[:])
	return binary.LittleEndian.Uint32(b[:]), err
}

// begin prepares for values in an encoding, which take size bytes.
func (l *longPage) begin(encoding int, size int64) (err error) {
	physical := l.p.column.physical
	switch {
	case encoding == encodingDictionary || encoding == encodingPlainDictionary:
		return l.dictionaryValues()
	case encoding == encodingPlain:
		return l.plainValues(size)
	case encoding == encodingRLE && physical == physicalBool:
		l.values.words = l.bits(newRuns(l.plain, 1), 4)
	case encoding == encodingDelta && (physical == physicalInt32 || physical == physicalInt64):
		d := newDeltas(l.plain)
		l.values.words, l.values.counted = deltaWords(d), []*deltas{d}
	case encoding == encodingDeltaLength && physical == physicalBytes:
		err = l.deltaLengths(size)
	case encoding == encodingDeltaBytes && (physical == physicalBytes || physical == physicalFixed):
		err = l.deltaBytes(size)
	case encoding == encodingSplit:
		err = l.splitBytes(size)
	default:
		err = &UnsupportedError{fmt.Sprintf("an encoding that is not known here (number %d)", encoding)}
	}
	return err
}

// onDisk writes the values, which several places of are read at once, to the disk.
func (l *longPage) onDisk(size int64) (err error) {
	l.spool = &spool{}
	if l.spool.file, err = scratch.Create(); err != nil {
		return err
	}
	_, err = io.CopyN(l.spool.file, l.plain, size)
	return err
}

// close gives back what the page holds.
func (l *longPage) close() {
	l.closing()
	if l.spool != nil && l.spool.file != nil {
		_ = l.spool.file.Close()
	}
}

// end says whether the page ended where it should, once all its rows were read.
func (l *longPage) end() error {
	for _, d := range l.values.counted {
		if d.left > 0 {
			return errPage
		}
	}
	if _, err := io.Copy(io.Discard, l.plain); err != nil {
		return longError(err)
	}
	if _, ok := l.packing.(section); ok {
		return nil // its length was compared
	}
	return longError(atEnd(l.packing))
}

// more makes the next rows of a long page the current ones, so many at most; of other pages all are. long is nil once
// there are no others.
func (p *pages) more(most int) error {
	if p.long == nil {
		return nil
	}
	err := p.long.piece(most, false)
	if err == nil && p.long.rows == 0 {
		err = p.long.end()
	}
	if err != nil || p.long.rows == 0 {
		p.closeLong()
	}
	return err
}

func (p *pages) closeLong() {
	if p.long != nil {
		p.long.close()
		p.long = nil
	}
}

// piece makes the next rows the page's current ones: so many at most, and fewer where their texts are long, unless all of
// them are needed.
func (l *longPage) piece(most int, all bool) error {
	return longError(l.decode(min(most, l.rows), all))
}

func (l *longPage) decode(rows int, all bool) (err error) {
	p, c := l.p, &l.p.current
	c.longest, c.listed = 0, false
	if l.values.next != nil {
		return l.decodeBytes(rows, all)
	}
	count := rows
	c.present = nil
	if l.levels != nil {
		if count, err = l.presence(c, rows); err != nil {
			return err
		}
	}
	c.rows = rows
	l.rows -= rows
	if c.bits, err = room(p, c.bits, count, 8); err != nil {
		return err
	}
	if l.values.words != nil {
		if err := l.values.words(c.bits); err != nil {
			return err
		}
		for i, raw := range c.bits {
			c.bits[i] = p.column.word(raw)
		}
		return nil
	}
	if p.numbers, err = room(p, p.numbers, count, 4); err != nil {
		return err
	}
	if err := l.values.indices(p.numbers); err != nil {
		return err
	}
	return p.look(c, p.numbers)
}

// presence reads which of the next rows have a value.
func (l *longPage) presence(c *page, rows int) (count int, err error) {
	if l.marks, err = room(l.p, l.marks, rows, 4); err != nil {
		return 0, err
	}
	if err := l.levels.read(l.marks); err != nil {
		return 0, err
	}
	if cap(c.present) < rows {
		c.present = make([]bool, rows)
	}
	c.present = c.present[:rows]
	for i, level := range l.marks {
		c.present[i] = level != 0
		count += int(level & 1)
	}
	return count, nil
}

// decodeBytes takes values that are bytes one by one: how long they are is not known before.
func (l *longPage) decodeBytes(rows int, all bool) error {
	c := &l.p.current
	w := l.p.writer(c)
	marks := c.present[:0]
	c.bits, c.present, c.rows = c.bits[:0], nil, 0
	var mark [1]uint32
	for c.rows < rows && (all || len(w.text) < segmentText) {
		mark[0] = 1
		if l.levels != nil {
			if err := l.levels.read(mark[:]); err != nil {
				return err
			}
			marks = append(marks, mark[0] != 0)
			c.present = marks
		}
		if mark[0]&1 != 0 {
			value, err := l.values.next()
			if err != nil {
				return err
			}
			c.bits = append(c.bits, 0)
			if err := w.add(len(c.bits)-1, value); err != nil {
				return err
			}
		}
		c.rows++
	}
	l.rows -= c.rows
	return w.end()
}
