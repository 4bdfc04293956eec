package dataset

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
)

// vector is the values of one column, typed. Whole columns are vectors, and so are the blocks that a window is read from.
type vector struct {
	kind   Kind
	n      int
	nulls  []uint64  // bits; nil where no value is null
	wholes numbers   // Integer, Boolean (0, 1), Date (days since 1970), DateTime (microseconds since 1970); Decimal: hundredths
	reals  []float64 // Decimal that is no hundredths
	codes  numbers   // Text: entries of texts; noText for null
	texts  *texts
}

// noText is the code of what is null; nullCode, among those that a builder collects.
const (
	noText   = -1
	nullCode = math.MaxUint32
)

func (v *vector) isNull(i int) bool {
	if v.kind == Text {
		return v.codes.at(i) == noText
	}
	return v.nulls != nil && v.nulls[i>>6]>>(i&63)&1 != 0
}

func (v *vector) whole(i int) int64 { return v.wholes.at(i) }

func (v *vector) real(i int) float64 {
	if v.reals != nil {
		return v.reals[i]
	}
	return float64(v.wholes.at(i)) / 100
}

// text is the text of a value that is not null.
func (v *vector) text(i int) []byte { return v.texts.raw(uint32(v.codes.at(i))) }

// size is the memory that the vector takes, in bytes.
func (v *vector) size() int64 {
	n := int64(len(v.nulls)*8+len(v.reals)*8) + v.wholes.size() + v.codes.size()
	if v.texts != nil {
		n += v.texts.size()
	}
	return n
}

// appendCell writes the value as Cell.Text has it; nothing where it is null.
func (v *vector) appendCell(b []byte, i int) []byte {
	switch {
	case v.isNull(i):
		return b
	case v.kind == Text:
		return append(b, v.text(i)...)
	case v.kind == Decimal:
		return appendReal(b, v.real(i))
	}
	return appendWhole(b, v.kind, v.whole(i))
}

// cell is the value as it stands in the file.
func (v *vector) cell(i int) Cell {
	if v.isNull(i) {
		return Cell{Null: true}
	}
	var room [40]byte
	return Cell{Text: string(v.appendCell(room[:0], i))}
}

// shown is the value as a screen shows it, in so many characters; Part where that is not all of it.
func (v *vector) shown(i, most int) Cell {
	if v.isNull(i) || v.kind != Text {
		return v.cell(i)
	}
	raw := v.text(i)
	// Of a long text no more is looked at than can be shown of it: what stands for nothing is rare.
	head := raw[:min(len(raw), 8*most)]
	text := plaintext.Line(string(head), most)
	return Cell{Text: text, Part: len(head) < len(raw) || text != string(head)}
}

// appendWhole writes a value that is kept as a whole number.
func appendWhole(b []byte, kind Kind, value int64) []byte {
	switch kind {
	case Boolean:
		return strconv.AppendBool(b, value != 0)
	case Date:
		return time.Unix(value*86400, 0).UTC().AppendFormat(b, time.DateOnly)
	case DateTime:
		// A fraction of a second stands there only where there is one.
		return time.UnixMicro(value).UTC().AppendFormat(b, "2006-01-02 15:04:05.999999")
	}
	return strconv.AppendInt(b, value, 10)
}

func appendReal(b []byte, x float64) []byte {
	if abs := math.Abs(x); abs != 0 && (abs < 1e-6 || abs >= 1e15) {
		return strconv.AppendFloat(b, x, 'g', -1, 64)
	}
	return strconv.AppendFloat(b, x, 'f', -1, 64)
}

// builder makes a vector of values in the order of the rows.
type builder struct {
	v       *vector
	wide    []int64           // what becomes wholes
	codes   []uint32          // what becomes codes
	known   map[string]uint32 // entries of texts; nil once too many differ
	anyNull bool
	low, up int64

	group  int      // of the file, that listed is of
	listed []uint32 // of the dictionary's entries in texts, plus 1; 0 where not yet looked up
}

// promised is the number of rows up to which room is made before they are there.
const promised = 1 << 20

func newBuilder(kind Kind, rows int) *builder {
	b := &builder{v: &vector{kind: kind}, low: math.MaxInt64, up: math.MinInt64}
	rows = min(rows, promised)
	switch kind {
	case Text:
		b.codes = make([]uint32, 0, rows)
		b.v.texts = &texts{offsets: make([]uint32, 1, 64)}
		b.known = map[string]uint32{}
	case Decimal:
		b.v.reals = make([]float64, 0, rows)
	default:
		b.wide = make([]int64, 0, rows)
	}
	if kind != Text {
		b.v.nulls = make([]uint64, (rows+63)/64)
	}
	return b
}

func (b *builder) null() {
	v := b.v
	switch v.kind {
	case Text:
		b.codes = append(b.codes, nullCode)
	case Decimal:
		b.markNull(len(v.reals))
		v.reals = append(v.reals, 0)
	default:
		b.markNull(len(b.wide))
		b.wide = append(b.wide, 0)
	}
}

func (b *builder) markNull(i int) {
	for i>>6 >= len(b.v.nulls) {
		b.v.nulls = append(b.v.nulls, 0)
	}
	b.v.nulls[i>>6] |= 1 << (i & 63)
	b.anyNull = true
}

func (b *builder) whole(x int64) {
	b.low, b.up = min(b.low, x), max(b.up, x)
	b.wide = append(b.wide, x)
}

// real takes NaN for null: it is how some writers say it, and it has no place in an order.
func (b *builder) real(x float64) {
	if x != x {
		b.null()
		return
	}
	b.v.reals = append(b.v.reals, x+0) // no negative zero
}

// manyTexts is the number of different texts up to which each is kept once. Beyond it the values are most likely ids,
// and looking each up would cost more than keeping it.
const manyTexts = 1 << 16

func (b *builder) text(s []byte) bool {
	code, ok := b.entry(s)
	if ok {
		b.codes = append(b.codes, code)
	}
	return ok
}

// entry is the code of a text; false where a column's texts take more than maxTexts.
func (b *builder) entry(s []byte) (uint32, bool) {
	if b.known != nil {
		if code, ok := b.known[string(s)]; ok {
			return code, true
		}
	}
	code, ok := b.v.texts.add(s)
	if ok && b.known != nil {
		if b.known[string(s)] = code; len(b.known) > manyTexts {
			b.known = nil
		}
	}
	return code, ok
}

// size is the memory that the builder takes, in bytes.
func (b *builder) size() int64 {
	v := b.v
	n := int64(cap(v.nulls)*8 + cap(b.wide)*8 + cap(v.reals)*8 + cap(b.codes)*4 + cap(b.listed)*4)
	if v.texts != nil {
		n += v.texts.size()
	}
	return n
}

// copy adds a value of another vector of the kind; false where the texts take more than maxTexts.
func (b *builder) copy(from *vector, i int) bool {
	switch {
	case from.isNull(i):
		b.null()
	case from.kind == Text:
		return b.text(from.text(i))
	case from.kind == Decimal:
		b.real(from.real(i))
	default:
		b.whole(from.whole(i))
	}
	return true
}

func (b *builder) len() int { return max(len(b.wide), len(b.v.reals), len(b.codes)) }

func (b *builder) finish() *vector {
	v := b.v
	v.n = b.len()
	b.known = nil
	if !b.anyNull {
		v.nulls = nil
	} else if missing := (v.n+63)/64 - len(v.nulls); missing > 0 {
		v.nulls = append(v.nulls, make([]uint64, missing)...)
	}
	switch v.kind {
	case Text:
		v.texts.clip()
		code := func(i int) int64 { return int64(int32(b.codes[i])) } // nullCode is noText
		v.codes = pack(v.n, code, func(int) bool { return false }, noText, int64(v.texts.len()))
	case Decimal:
		if hundredths, ok := cents(v.reals); ok {
			v.wholes, v.reals = hundredths, nil
		}
	default:
		v.wholes = pack(v.n, func(i int) int64 { return b.wide[i] }, v.isNull, b.low, b.up)
	}
	b.wide, b.codes = nil, nil
	return v
}

// maxTexts is the memory that the texts of a piece may take, in bytes, where nothing else bounds it.
const maxTexts = 128 << 20

// texts are the different texts of a column, or most of them: where many differ, some stand there twice.
type texts struct {
	bytes   []byte
	offsets []uint32 // one more than there are entries

	// Worked out when they are first asked for.
	mu     sync.Mutex
	folded *texts   // for comparing; the texts themselves where nothing had to be folded
	ranks  []uint32 // places in the order of the texts, alike for alike texts
}

func (t *texts) len() int { return len(t.offsets) - 1 }

func (t *texts) raw(code uint32) []byte { return t.bytes[t.offsets[code]:t.offsets[code+1]] }

func (t *texts) add(s []byte) (uint32, bool) {
	if len(t.bytes)+len(s) > maxTexts || t.len() >= nullCode {
		return 0, false
	}
	t.bytes = append(t.bytes, s...)
	t.offsets = append(t.offsets, uint32(len(t.bytes)))
	return uint32(t.len() - 1), true
}

// clip gives back what room was made for more texts, where it is worth a copy.
func (t *texts) clip() {
	if spare := cap(t.bytes) - len(t.bytes) + 4*(cap(t.offsets)-len(t.offsets)); spare > 1<<20 {
		t.bytes, t.offsets = bytes.Clone(t.bytes), slices.Clone(t.offsets)
	}
}

func (t *texts) size() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := int64(cap(t.bytes) + cap(t.offsets)*4 + len(t.ranks)*4)
	if t.folded != nil && t.folded != t {
		n += int64(cap(t.folded.bytes))
		if &t.folded.offsets[0] != &t.offsets[0] {
			n += int64(cap(t.folded.offsets) * 4)
		}
	}
	return n
}

// fold returns the entries as they are compared; a *QueryError where they would take far more than the texts.
func (t *texts) fold() (*texts, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.folded != nil {
		return t.folded, nil
	}
	if !changesFolded(t.bytes) {
		t.folded = t
		return t, nil
	}
	most := 2*len(t.bytes) + 1<<20
	folded := &texts{bytes: make([]byte, 0, len(t.bytes)), offsets: make([]uint32, 1, len(t.offsets))}
	for i := range t.len() {
		folded.bytes = appendFolded(folded.bytes, t.raw(uint32(i)))
		if folded.offsets = append(folded.offsets, uint32(len(folded.bytes))); len(folded.bytes) > most {
			return nil, &QueryError{format.Say("this column holds characters that stand for many others, which is too much to sort or search here: leave the column out")}
		}
	}
	if slices.Equal(folded.offsets, t.offsets) { // most scripts take as many bytes in small letters as in capitals
		folded.offsets = t.offsets
	}
	t.folded = folded
	return folded, nil
}
