package parquetfile

import (
	"encoding/binary"
	"math"

	"fabricportal/internal/services/importfile/scratch"
)

const (
	// heldPages is what the decoded pages of all columns may take in memory: those of some three columns of texts as programs
	// write them, or of fifteen of numbers. The columns behind them have theirs on disk, and a piece of each in memory.
	heldPages = 16 << 20
	// A piece has so many rows, or a half, a quarter and so on of them where the texts are long, or the columns many: the pieces
	// of different columns end at the same rows, and so do the batches that are made of them.
	segmentRows = 1 << 11
	segmentText = 128 << 10
	// The pieces of all columns take about so many bytes each of values and of texts, but no piece is shorter than the least.
	segmentsBytes = 32 << 20
	leastRows     = 1 << 6
	leastText     = 2 << 10
)

// segmentSize is how many rows and how many bytes of texts a piece has at most in a file of so many columns.
func segmentSize(columns int) (rows, text int) {
	rows = segmentRows
	for rows > leastRows && rows*columns*9 > segmentsBytes {
		rows /= 2
	}
	return rows, min(max(segmentsBytes/max(columns, 1), leastText), segmentText)
}

// spill keeps the decoded pages on disk that don't fit into memory.
type spill struct {
	file  *scratch.File // of a row group: what stood in the one before is not needed any more
	held  int64         // bytes of the pages in memory
	most  int64         // heldPages
	page  page          // what a page is decoded into before it goes to the disk
	own   []byte
	bytes []byte
}

// segment is a piece of a page on disk: which rows have values, one byte each, then the values, then their texts.
type segment struct {
	place              int64
	rows, values, text int
	longest            int
	optional, listed   bool // not all rows have a value; the texts are the dictionary's
}

func (s *segment) size() int {
	n := 8*s.values + s.text
	if s.optional {
		n += s.rows
	}
	return n
}

// close gives back what is on disk.
func (s *spill) close() {
	if s.file != nil {
		_ = s.file.Close()
		s.file = nil
	}
}

// nextPage makes a column's next page the current one, or the next piece of it.
func (r *Reader) nextPage(p *pages) error {
	if len(p.segments) > 0 {
		return r.load(p)
	}
	if !p.onDisk && r.spill.held > r.spill.most && r.head == 0 {
		r.spill.held -= p.held()
		r.budget.Add(p.held())
		p.onDisk, p.current, p.own = true, page{}, nil
	}
	if !p.onDisk {
		had := p.held()
		err := p.next()
		if err == nil && p.long != nil {
			if err = r.storeLong(p); err == nil {
				err = r.load(p)
			}
		}
		r.spill.held += p.held() - had
		return err
	}
	r.swap(p)
	err := p.next()
	switch {
	case err != nil:
	case p.long != nil:
		err = r.storeLong(p)
	default:
		p.stored = p.stored[:0]
		err = r.store(p)
		p.segments = p.stored
	}
	r.swap(p)
	if err != nil {
		return err
	}
	return r.load(p)
}

// storeLong writes a long page to the disk while it is decoded.
func (r *Reader) storeLong(p *pages) error {
	defer func() {
		p.long.close()
		p.long = nil
	}()
	p.stored = p.stored[:0]
	rows, _ := segmentSize(len(r.pages))
	for p.long.rows > 0 {
		if err := p.long.piece(rows, false); err != nil {
			return err
		}
		if err := r.store(p); err != nil {
			return err
		}
	}
	p.segments = p.stored
	return p.long.end()
}

// swap gives the column the room that all pages on disk are decoded in, or takes it back.
func (r *Reader) swap(p *pages) {
	s := &r.spill
	p.current, p.own, s.page, s.own = s.page, s.own, p.current, p.own
}

// held is how many bytes the current page takes, without texts that are the dictionary's.
func (p *pages) held() int64 {
	return int64(8*cap(p.current.bits) + cap(p.current.present) + cap(p.own))
}

// store writes the current page, or a piece of a long one, to the disk, in pieces.
func (r *Reader) store(p *pages) (err error) {
	if r.spill.file == nil {
		if r.spill.file, err = scratch.Create(); err != nil {
			return err
		}
	}
	c := &p.current
	rows, mostText := segmentSize(len(r.pages))
	for !c.listed && rows > 1 && len(c.text)/max(c.rows, 1)*rows > mostText {
		rows /= 2
	}
	for row, value := 0, 0; row < c.rows; row += rows {
		s := segment{place: r.spill.file.Size(), rows: min(rows, c.rows-row), optional: c.present != nil, listed: c.listed, longest: c.longest}
		out := r.spill.bytes[:0]
		s.values = s.rows
		if s.optional {
			s.values = 0
			for _, has := range c.present[row : row+s.rows] {
				out = append(out, 0)
				if has {
					out[len(out)-1] = 1
					s.values++
				}
			}
		}
		words := c.bits[value : value+s.values]
		value += s.values
		base := uint64(0)
		var text []byte
		if p.column.text != nil && !s.listed && s.values > 0 {
			// The texts of a page follow each other, and those of a piece begin with the first one's.
			last := words[len(words)-1]
			base = words[0] >> 32 << 32
			text = c.text[base>>32 : last>>32+last&math.MaxUint32]
		}
		for _, word := range words {
			out = binary.LittleEndian.AppendUint64(out, word-base)
		}
		s.text = len(text)
		r.spill.bytes = append(out, text...)
		if _, err := r.spill.file.Write(r.spill.bytes); err != nil {
			return err
		}
		p.stored = append(p.stored, s)
	}
	return nil
}

// load makes the next piece of a page the current page.
func (r *Reader) load(p *pages) error {
	s := p.segments[0]
	p.segments = p.segments[1:]
	c := &p.current
	c.rows, c.longest, c.listed = s.rows, s.longest, s.listed
	p.row, p.value = 0, 0
	size := s.size()
	if cap(r.spill.bytes) < size {
		r.spill.bytes = make([]byte, size)
	}
	in := r.spill.bytes[:size]
	if _, err := r.spill.file.ReadAt(in, s.place); err != nil {
		return err
	}
	if s.optional {
		if cap(c.present) < s.rows {
			c.present = make([]bool, s.rows)
		}
		c.present = c.present[:s.rows]
		for i := range c.present {
			c.present[i] = in[i] != 0
		}
		in = in[s.rows:]
	} else {
		c.present = nil
	}
	if cap(c.bits) < s.values {
		c.bits = make([]uint64, s.rows)
	}
	c.bits = c.bits[:s.values]
	for i := range c.bits {
		c.bits[i] = binary.LittleEndian.Uint64(in[8*i:])
	}
	if s.listed {
		c.text = p.dictionary.text
		return nil
	}
	p.own = append(p.own[:0], in[8*s.values:]...)
	c.text = p.own
	return nil
}
