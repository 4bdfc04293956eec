package parquetfile

import (
	"encoding/binary"
	"math"
)

// How much of a page is unpacked: all, or its beginning, where only the first of its rows are asked for and that is
// enough most often.
const (
	beginning = 16 << 10
	all       = math.MaxInt
)

// someOf says how many of a page's rows are to be read. Values that depend on those before them are read whole.
func (p *pages) someOf(h pageHeader) int {
	switch h.encoding {
	case encodingPlain, encodingDictionary, encodingPlainDictionary:
		return int(min(h.values, p.wanted))
	}
	return int(h.values)
}

// readData reads a page of values.
func (p *pages) readData(h pageHeader, body []byte) error {
	if p.someOf(h) < int(h.values) && p.unpackData(h, body, p.part) == nil {
		return nil
	}
	// Also where what was unpacked is not enough: nothing is taken from it that does not stand in it.
	return p.unpackData(h, body, all)
}

func (p *pages) unpackData(h pageHeader, body []byte, most int) (err error) {
	n := p.someOf(h)
	var levels, data []byte
	if h.kind == pageDataV2 {
		if int64(len(body)) < h.repetitions+h.definitions { // only the page's beginning is there
			return errPage
		}
		levels = body[h.repetitions : h.repetitions+h.definitions]
		data = body[h.repetitions+h.definitions:]
		size := int(h.plain - h.repetitions - h.definitions)
		if h.stored {
			if len(data) != size && (most == all || len(data) > size) {
				return errPage
			}
		} else if data, err = p.unpacked(data, size, most); err != nil {
			return err
		}
	} else {
		if data, err = p.unpacked(body, int(h.plain), most); err != nil {
			return err
		}
		if p.column.optional {
			if h.levelEncoding != encodingRLE {
				return &UnsupportedError{"an old way to mark empty values"}
			}
			if len(data) < 4 || uint64(binary.LittleEndian.Uint32(data)) > uint64(len(data)-4) {
				return errPage
			}
			end := 4 + int(binary.LittleEndian.Uint32(data))
			levels, data = data[4:end], data[end:]
		}
	}
	c := &p.current
	c.rows = n
	present := n
	if p.column.optional {
		if present, err = p.presence(c, levels, n); err != nil {
			return err
		}
	} else {
		c.present = nil
	}
	return p.values(c, h.encoding, data, present)
}

// presence reads which of the rows have a value, and gives their number.
func (p *pages) presence(c *page, levels []byte, n int) (count int, err error) {
	if p.numbers, err = room(p, p.numbers, n, 4); err != nil {
		return 0, err
	}
	if err := hybrid(p.numbers, levels, 1); err != nil {
		return 0, err
	}
	if c.present, err = room(p, c.present, n, 1); err != nil {
		return 0, err
	}
	for i, level := range p.numbers {
		c.present[i] = level != 0
		count += int(level & 1)
	}
	return count, nil
}
