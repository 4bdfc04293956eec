package parquetfile

import (
	"encoding/binary"
	"fmt"
)

// values decodes n values into c.bits, and their texts into c.text.
func (p *pages) values(c *page, encoding int, data []byte, n int) (err error) {
	if c.bits, err = room(p, c.bits, n, 8); err != nil {
		return err
	}
	c.longest, c.listed = 0, false
	switch {
	case encoding == encodingDictionary || encoding == encodingPlainDictionary:
		return p.fromDictionary(c, data)
	case encoding == encodingPlain:
		return p.plainValues(c, data)
	case encoding == encodingRLE && p.column.physical == physicalBool:
		if len(data) < 4 {
			return p.none(n)
		}
		return p.booleans(c, data[4:])
	case encoding == encodingDelta && (p.column.physical == physicalInt32 || p.column.physical == physicalInt64):
		if _, err := p.lengths(n, data); err != nil {
			return err
		}
		for i, v := range p.deltas {
			c.bits[i] = p.column.word(uint64(v))
		}
		return nil
	case encoding == encodingDeltaLength && p.column.physical == physicalBytes:
		return p.deltaLengths(c, data)
	case encoding == encodingDeltaBytes && (p.column.physical == physicalBytes || p.column.physical == physicalFixed):
		return p.deltaBytes(c, data)
	case encoding == encodingSplit:
		return p.splitBytes(c, data)
	}
	return &UnsupportedError{fmt.Sprintf("an encoding that is not known here (number %d)", encoding)}
}

// none is right where a page has no values and so no data.
func (p *pages) none(n int) error {
	if n > 0 {
		return errPage
	}
	return nil
}

func (p *pages) booleans(c *page, data []byte) (err error) {
	if p.numbers, err = room(p, p.numbers, len(c.bits), 4); err != nil {
		return err
	}
	if err := hybrid(p.numbers, data, 1); err != nil {
		return err
	}
	for i, v := range p.numbers {
		c.bits[i] = uint64(v)
	}
	return nil
}

func (p *pages) plainValues(c *page, data []byte) error {
	width, word := 0, p.column.word
	switch p.column.physical {
	case physicalBool:
		if len(data) < (len(c.bits)+7)/8 {
			return errPage
		}
		for i := range c.bits {
			c.bits[i] = uint64(data[i>>3] >> (i & 7) & 1)
		}
		return nil
	case physicalInt32, physicalFloat:
		if len(data) < 4*len(c.bits) {
			return errPage
		}
		for i := range c.bits {
			c.bits[i] = word(uint64(binary.LittleEndian.Uint32(data[4*i:])))
		}
		return nil
	case physicalInt64, physicalDouble:
		if len(data) < 8*len(c.bits) {
			return errPage
		}
		for i := range c.bits {
			c.bits[i] = word(binary.LittleEndian.Uint64(data[8*i:]))
		}
		return nil
	case physicalInt96:
		width = 12
	case physicalFixed:
		width = p.column.length
	}
	w := p.writer(c)
	for i := range c.bits {
		n := width
		if p.column.physical == physicalBytes {
			if len(data) < 4 {
				return errPage
			}
			length := binary.LittleEndian.Uint32(data)
			if data = data[4:]; uint64(length) > uint64(len(data)) {
				return errPage
			}
			n = int(length)
		}
		if n > len(data) {
			return errPage
		}
		if err := w.add(i, data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return w.end()
}

// maxUnfolded is how long the texts of a page in memory may be: as hexadecimal digits, or with their prefixes, they are longer
// than in the page.
const maxUnfolded = 128 << 20

// writer takes values that are bytes into a page.
type writer struct {
	p    *pages
	c    *page
	text []byte
	had  int
	most int // bytes that text may have
}

func (p *pages) writer(c *page) *writer {
	// What stands in the current page's text may be the dictionary's.
	w := &writer{p: p, c: c, text: p.own[:0]}
	if c == &p.dictionary {
		w.text = c.text[:0]
	}
	w.had = cap(w.text)
	w.most = int(min(maxUnfolded, int64(w.had)+max(p.budget.Load(), 0)))
	return w
}

func (w *writer) add(i int, value []byte) error {
	column := w.p.column
	if column.text == nil {
		w.c.bits[i] = column.wide(value)
		return nil
	}
	from := len(w.text)
	if from+len(value) > w.most { // before there is room for it
		return errTooLarge
	}
	w.text = column.text(w.text, value)
	length := len(w.text) - from
	if len(w.text) > w.most {
		return errTooLarge
	}
	w.c.longest = max(w.c.longest, length)
	w.c.bits[i] = uint64(from)<<32 | uint64(length)
	return nil
}

func (w *writer) end() error {
	more := int64(max(cap(w.text)-w.had, 0))
	w.c.text = w.text
	if w.c != &w.p.dictionary {
		w.p.own = w.text
	}
	if w.p.budget.Add(-more) < 0 {
		return errTooLarge
	}
	return nil
}

// lengths decodes n numbers that were written as differences into p.deltas.
func (p *pages) lengths(n int, data []byte) (rest []byte, err error) {
	if p.deltas, err = room(p, p.deltas, n, 8); err != nil {
		return nil, err
	}
	if n == 0 && len(data) == 0 {
		return nil, nil
	}
	return delta(p.deltas, data)
}

func (p *pages) deltaLengths(c *page, data []byte) error {
	data, err := p.lengths(len(c.bits), data)
	if err != nil {
		return err
	}
	lengths := p.deltas
	if p.partly { // of as many rows there are no more values
		lengths = lengths[:min(int64(len(lengths)), p.wanted)]
	}
	w := p.writer(c)
	for i, length := range lengths {
		if length < 0 || length > int64(len(data)) {
			return errPage
		}
		if err := w.add(i, data[:length]); err != nil {
			return err
		}
		data = data[length:]
	}
	return w.end()
}

func (p *pages) deltaBytes(c *page, data []byte) error {
	n := len(c.bits)
	data, err := p.lengths(n, data)
	if err != nil {
		return err
	}
	if p.prefixes, err = room(p, p.prefixes, n, 8); err != nil {
		return err
	}
	prefixes := p.prefixes
	copy(prefixes, p.deltas)
	if data, err = p.lengths(n, data); err != nil {
		return err
	}
	w := p.writer(c)
	var value []byte
	copied := 0
	for i, length := range p.deltas {
		if length < 0 || length > int64(len(data)) || prefixes[i] < 0 || prefixes[i] > int64(len(value)) {
			return errPage
		}
		value = append(value[:prefixes[i]], data[:length]...)
		// Prefixes of prefixes can stand for far more than the page holds.
		if copied += len(value); copied > maxUnfolded {
			return errTooLarge
		}
		if p.column.physical == physicalFixed && len(value) != p.column.length {
			return errPage
		}
		if err := w.add(i, value); err != nil {
			return err
		}
		data = data[length:]
	}
	return w.end()
}

// splitBytes reads values whose first bytes come first, then all second ones, and so on.
func (p *pages) splitBytes(c *page, data []byte) error {
	width := p.column.length
	switch p.column.physical {
	case physicalInt32, physicalFloat:
		width = 4
	case physicalInt64, physicalDouble:
		width = 8
	case physicalFixed:
	default:
		return errPage
	}
	n := len(c.bits)
	if width <= 0 || len(data)/width < n {
		return errPage
	}
	stride := len(data) / width
	if p.column.physical == physicalFixed {
		w := p.writer(c)
		value := make([]byte, width)
		for i := range c.bits {
			for k := range value {
				value[k] = data[k*stride+i]
			}
			if err := w.add(i, value); err != nil {
				return err
			}
		}
		return w.end()
	}
	for i := range c.bits {
		var raw uint64
		for k := range width {
			raw |= uint64(data[k*stride+i]) << (8 * k)
		}
		c.bits[i] = p.column.word(raw)
	}
	return nil
}
