package columns

import (
	"encoding/binary"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// What a column's memory holds: texts that take half a line of the processor's cache, in so many places.
const (
	memoBytes  = 32
	fewestMemo = 1 << 8
	mostMemo   = 1 << 12
	// denseRun is how many texts of one batch a column must have to get a memory: of thousands of columns none has.
	denseRun = 512
	longRest = 256
)

// memory knows what the short texts that a column had last were counted as: most columns have few different ones, and a
// text that comes again is neither read nor hashed again. The zero value is empty.
type memory struct {
	memos  []memo
	shift  uint8
	asked  int
	missed int
	rest   int // batches for which it is of no use
	pause  int // the next such rest
}

// memo is one text. It fills a line of the processor's cache.
type memo struct {
	words  [memoBytes / 8]uint64
	hash   uint64 // what a cell with the text adds to its row's hash
	num    float64
	slot   uint32 // of the counter that counts the text, while that has its size
	runes  uint32
	mark   uint32
	length uint8
	shift  uint8 // of that counter
	kind   cleaning.Kind
	known  bool
}

// begin prepares for a batch with so many texts and says whether the memory is to be asked.
func (m *memory) begin(n int) bool {
	if m.rest > 0 {
		m.rest--
		return false
	}
	if n < denseRun {
		return false
	}
	if m.memos == nil {
		m.resize(fewestMemo)
	}
	return true
}

func (m *memory) resize(n int) {
	m.memos, m.shift = make([]memo, n), 64
	for ; n > 1; n /= 2 {
		m.shift--
	}
}

// end looks back at the batch: where many texts were not known, there are more places from now on, or there is a rest.
func (m *memory) end() {
	if m.asked < 1024 {
		return
	}
	switch {
	case m.missed*8 < m.asked:
		m.pause = 0
	case len(m.memos) < mostMemo:
		m.resize(4 * len(m.memos))
	case m.missed*2 > m.asked:
		m.pause = min(max(16, 2*m.pause), longRest)
		m.rest = m.pause
		m.memos = nil
	}
	m.asked, m.missed = 0, 0
}

// place is where a text belongs, and whether it is there; nil for one that can't be kept. More than the text must be
// there to look at.
func (m *memory) place(all []byte, from, n int) (e *memo, known bool) {
	if n == 0 || n > memoBytes || from+memoBytes > len(all) {
		return nil, false
	}
	b := all[from : from+memoBytes : from+memoBytes]
	length := uint64(n)
	var w [memoBytes / 8]uint64
	w[0] = binary.LittleEndian.Uint64(b)
	var hash uint64
	switch (n - 1) / 8 {
	case 0:
		w[0] &= ones(n)
		hash = fold(w[0]^hashA, hashB^length)
	case 1:
		w[1] = binary.LittleEndian.Uint64(b[8:]) & ones(n-8)
		hash = fold(w[0]^hashA, w[1]^hashB^length)
	case 2:
		w[1] = binary.LittleEndian.Uint64(b[8:])
		w[2] = binary.LittleEndian.Uint64(b[16:]) & ones(n-16)
		hash = fold(fold(w[0]^hashA, w[1]^hashB^length)^w[2], multiplier)
	default:
		w[1] = binary.LittleEndian.Uint64(b[8:])
		w[2] = binary.LittleEndian.Uint64(b[16:])
		w[3] = binary.LittleEndian.Uint64(b[24:]) & ones(n-24)
		hash = fold(fold(w[0]^hashA, w[1]^hashB^length)^w[2], w[3]^multiplier)
	}
	m.asked++
	e = &m.memos[hash>>m.shift]
	if e.words == w && e.length == uint8(n) {
		return e, e.known
	}
	m.missed++
	e.words, e.length, e.known = w, uint8(n), false
	return e, false
}

// ones keeps the first n bytes of a word, from 1 to 8.
func ones(n int) uint64 { return ^uint64(0) >> (64 - 8*uint(n)) }

// remember keeps what the current cell's text was counted as.
func (a *adder) remember(kind cleaning.Kind, num float64, key uint64, counted *counter) {
	e := a.memo
	if e == nil {
		return
	}
	e.kind, e.num, e.hash, e.mark, e.known = kind, num, a.hash(key), 0, true
	if counted != nil {
		e.slot, e.shift = counted.last, counted.shift
	}
}

// again counts a cell whose text is known, and says whether it could: where a counter has grown meanwhile, or examples
// are still wanted, the text is read again.
func (a *adder) again(c *cells.Cell, e *memo) bool {
	switch e.kind {
	case cleaning.Null:
		if e.num == nullWord {
			a.nothing(c, cleaning.Trim(a.batch.At(*c)))
		}
		return true
	case cleaning.Integer, cleaning.Decimal:
		s := &a.numbers
		switch {
		case len(a.misfits[numeric]) < maxExamples:
			return false
		case s.many:
			s.pending = append(s.pending, e.num)
		case !s.values.again(e):
			return false
		}
		s.n++
	case cleaning.Date, cleaning.DateTime:
		s := &a.instants
		if len(a.misfits[dated]) < maxExamples || s.many || !s.values.again(e) {
			return false
		}
		if e.kind == cleaning.DateTime {
			s.timed++
		} else {
			s.days++
		}
	case cleaning.Time:
		if len(a.misfits[timed]) < maxExamples || !a.clocks.again(e) {
			return false
		}
	case cleaning.Boolean:
		if len(a.misfits[boolean]) < maxExamples {
			return false
		}
		a.bools[int(e.num)&1]++
	default:
		s := &a.texts
		switch {
		case len(a.misfits[textual]) < maxExamples:
			return false
		case s.manyOwn:
			s.lengths.add(int64(e.runes), 1)
		case !s.own.again(e):
			return false
		}
		s.cells++
	}
	if len(a.readings) > 0 {
		a.reading(c, e.kind, e.num, cleaning.Trim(a.batch.At(*c)))
	}
	a.rows.Filled[c.Row] = true
	a.rows.Hash[c.Row] += e.hash
	if e.mark != 0 {
		a.marks(c, e.mark, cleaning.Trim(a.batch.At(*c)))
	}
	return true
}

// again counts the memo's text once more, unless its slot is elsewhere now.
func (c *counter) again(e *memo) bool {
	if e.shift != c.shift || int(e.slot) >= len(c.slots) {
		return false
	}
	c.slots[e.slot].count++
	return true
}
