package rows

import (
	"encoding/binary"
	"hash/maphash"
	"slices"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// A block is some rows as they are kept: a table of the sizes of what follows, then the rows' numbers, then each column. A
// column is the kinds of its cells, one for all where they are of one kind, else their number and each, then what they hold. Texts stand once where they
// repeat within the block, as groups and a workbook's shared texts do.
const (
	blockRows  = 1024    // at most
	blockCells = 1 << 17 // at most, of wide tables
	blockBytes = 1 << 21 // at least, of the texts of a block before the next begins
	sizeBytes  = 4

	formulaBit = 0x80
	someKinds  = 0xFF
	recent     = 256     // texts of a column among which a text is looked for
	allRecent  = 1 << 15 // of all columns together
)

// packer makes blocks.
type packer struct {
	kept    *Kept
	texts   *cells.Texts
	columns []packed
	numbers []int32
	bytes   int
	place   []int32 // by the batch's row: its place in the block; -1 for none
	out     []byte
	recent  int
}

// packed is a column of the block that is made.
type packed struct {
	kinds []byte // by row
	data  []byte
	seen  []textAt // by hash
	text  uint32   // how many texts of their own there are
}

type textAt struct {
	hash uint64
	at   uint32 // its number, plus 1
	from int    // in data
	size int
}

var seed = maphash.MakeSeed()

// add adds the rows of a batch that have a value in one of the columns, as the profile counts them.
func (p *packer) add(b *scan.Batch) error {
	width := len(p.kept.names)
	p.place = slices.Grow(p.place[:0], len(b.Rows))[:len(b.Rows)]
	for i := range p.place {
		p.place[i] = -1
	}
	wide := b.Batch.Columns[:min(width, len(b.Batch.Columns))]
	filled := 0
	for _, list := range wide {
		if filled == len(b.Rows)-b.First {
			break
		}
		for i := range list {
			if c := &list[i]; int(c.Row) >= b.First && p.place[c.Row] < 0 && !p.blank(b, c) {
				p.place[c.Row] = 0
				filled++
			}
		}
	}
	if len(p.numbers) > 0 && (len(p.numbers)+filled > blockRows || (len(p.numbers)+filled)*width > blockCells || p.bytes > blockBytes) {
		if err := p.flush(); err != nil {
			return err
		}
	}
	if p.columns == nil {
		p.columns = make([]packed, width+1) // the last has what stands behind the others
		for p.recent = recent; p.recent > 4 && p.recent*width > allRecent; {
			p.recent /= 2
		}
	}
	hidden := hits.Key{Kind: hits.HiddenRows}
	for i := range p.place {
		if p.place[i] < 0 {
			continue
		}
		p.place[i] = int32(len(p.numbers))
		p.numbers = append(p.numbers, b.Rows[i].Number)
		if b.Rows[i].Hidden {
			p.kept.book.Of(hidden).Add(int(b.Rows[i].Number), hits.WholeRow)
		}
	}
	for column, list := range wide {
		p.column(&p.columns[column], b, list)
	}
	if len(b.Batch.Columns) > width {
		p.beyond(b, b.Batch.Columns[width:])
	}
	return nil
}

// mostBeyond is how many bytes are kept of what stands behind the last column of a row.
const mostBeyond = 1000

// beyond keeps what stands behind the last column, row by row in one text.
func (p *packer) beyond(b *scan.Batch, columns [][]cells.Cell) {
	texts := map[uint16][]byte{}
	for _, list := range columns {
		for i := range list {
			c := &list[i]
			if int(c.Row) < b.First || p.place[c.Row] < 0 || p.blank(b, c) || len(texts[c.Row]) > mostBeyond {
				continue
			}
			one := Cell{Kind: c.Kind, Bits: c.Bits}
			switch c.Kind {
			case cells.Shared:
				one.Kind, one.Text = cells.Text, p.texts.At(uint32(c.Bits))
			case cells.Text, cells.Error:
				one.Text = b.At(*c)
			default:
			}
			text := texts[c.Row]
			if len(text) > 0 {
				text = append(text, " · "...)
			}
			texts[c.Row] = one.AppendText(text)
		}
	}
	to := &p.columns[len(p.columns)-1]
	for row := range b.Rows {
		text, ok := texts[uint16(row)]
		if !ok {
			continue
		}
		for len(to.kinds) < int(p.place[row]) {
			to.kinds = append(to.kinds, byte(cells.Empty))
		}
		to.kinds = append(to.kinds, byte(cells.Text))
		before := len(to.data)
		to.put(text, p.recent)
		p.bytes += len(to.data) - before
		p.kept.lost.Store(true)
	}
}

// blank says that a cell holds no value.
func (p *packer) blank(b *scan.Batch, c *cells.Cell) bool {
	switch c.Kind {
	case cells.Empty:
		return true
	case cells.Shared:
		return len(cleaning.Trim(p.texts.At(uint32(c.Bits)))) == 0
	case cells.Text, cells.Error:
		return len(cleaning.Trim(b.At(*c))) == 0
	}
	return false
}

func (p *packer) column(to *packed, b *scan.Batch, list []cells.Cell) {
	for i := range list {
		c := &list[i]
		if int(c.Row) < b.First || p.place[c.Row] < 0 {
			continue
		}
		for len(to.kinds) < int(p.place[c.Row]) {
			to.kinds = append(to.kinds, byte(cells.Empty))
		}
		kind, text := c.Kind, []byte(nil)
		switch kind {
		case cells.Shared:
			if text = p.texts.At(uint32(c.Bits)); len(text) == 0 && !c.Formula {
				kind = cells.Empty
			} else {
				kind = cells.Text
			}
		case cells.Text, cells.Error:
			text = b.At(*c)
		default:
		}
		tag := byte(kind)
		if c.Formula {
			tag |= formulaBit
		}
		to.kinds = append(to.kinds, tag)
		before := len(to.data)
		switch kind {
		case cells.Text, cells.Error:
			to.put(text, p.recent)
		case cells.Number, cells.Date, cells.DateTime, cells.Time:
			to.data = binary.LittleEndian.AppendUint64(to.data, c.Bits)
		case cells.Bool:
			to.data = append(to.data, byte(c.Bits))
		case cells.Empty:
			if c.Formula {
				to.data = append(to.data, byte(c.Bits))
			}
		default:
		}
		p.bytes += len(to.data) - before
	}
}

// put adds a text: the number of one that the block has already, from 1 on, or 0, its length and the text.
func (to *packed) put(text []byte, recent int) {
	if to.seen == nil {
		to.seen = make([]textAt, recent)
	}
	hash := maphash.Bytes(seed, text)
	s := &to.seen[hash%uint64(recent)]
	if s.at > 0 && s.hash == hash && string(to.data[s.from:s.from+s.size]) == string(text) {
		to.data = binary.AppendUvarint(to.data, uint64(s.at))
		return
	}
	to.data = binary.AppendUvarint(append(to.data, 0), uint64(len(text)))
	to.text++
	*s = textAt{hash, to.text, len(to.data), len(text)}
	to.data = append(to.data, text...)
}

// flush writes the block, where it has rows.
func (p *packer) flush() error {
	n := len(p.numbers)
	if n == 0 {
		return nil
	}
	head := sizeBytes * (len(p.columns) + 1)
	p.out = append(p.out[:0], make([]byte, head)...)
	size := func(i, from int) { binary.LittleEndian.PutUint32(p.out[sizeBytes*i:], uint32(len(p.out)-from)) }
	from, last := len(p.out), int32(0)
	for _, number := range p.numbers {
		p.out = binary.AppendUvarint(p.out, uint64(number-last))
		last = number
	}
	size(0, from)
	for i := range p.columns {
		c := &p.columns[i]
		for len(c.kinds) < n {
			c.kinds = append(c.kinds, byte(cells.Empty))
		}
		from = len(p.out)
		if one := c.kinds[0]; slices.ContainsFunc(c.kinds, func(k byte) bool { return k != one }) {
			p.out = append(binary.AppendUvarint(append(p.out, someKinds), uint64(n)), c.kinds...)
		} else {
			p.out = append(p.out, one)
		}
		p.out = append(p.out, c.data...)
		size(i+1, from)
		c.kinds, c.data, c.text = c.kinds[:0], c.data[:0], 0
		clear(c.seen)
	}
	err := p.kept.write(p.out, p.numbers)
	p.numbers, p.bytes = p.numbers[:0], 0
	return err
}
