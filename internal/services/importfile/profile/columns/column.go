// Package columns counts the cells of a table column by column, for the figures of each column in import_profile.json. Readers hand it batches of cells; no row is ever built.
// While a column has at most 65,536 different values, each value is counted, so counts, quartiles and frequencies are exact.
// After that, texts from the file's table of texts are told apart by their numbers there, which is exact, too. All else is estimated, and the document says so.
package columns

import (
	"unicode/utf8"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// family is a group of kinds that fit into one type of column.
type family uint8

const (
	numeric family = iota
	dated
	timed
	boolean
	textual
	families
)

// Form says what a file's texts are.
type Form uint8

// The forms.
const (
	Workbook Form = iota // a text is a text, and one that reads as a number or date is told of
	Typeless             // every value is a text and stands for what it reads as, as in a CSV file
	Typed                // the columns have types, so that a text is meant as one, as in a Parquet file
)

// Column keeps what the profile says of one column. The zero value is the column of a workbook with no cells yet.
type Column struct {
	Form Form
	// Dressing reads the texts of a Typeless column at Position, where a file writes them otherwise; nil: as the rules stand.
	Dressing *cleaning.Dressing
	Position int
	// Keys says that these are order_ids: texts of a Typeless column stay texts unless a number does not change them, and
	// readings say which texts are the same, as far as they are a series.
	Keys   bool
	Groups bool // these are names of groups: MayHaveOneGroupTwice is asked

	fewer    uint8 // bits that its estimates are coarser by
	numbers  numbers
	instants instants
	clocks   counter // times of day, in seconds
	bools    [2]int64
	texts    texts
	memory   memory
	serials  serials
	variants bool // of names of groups: a value that is no text may be written in several ways

	misfits       [families]examples
	asText        examples
	numbersAsText int64
	datesAsText   int64
	blankEnds     int64
	formulas      int64 // with a saved value
	zeroFormulas  int64 // of those whose value is the number 0
	errors        map[string]int64
}

// Rows is what the columns of a batch say of its rows together.
type Rows struct {
	Filled  []bool    // the row has a value in one of the columns
	Hash    []uint64  // of all the row's values
	Unsaved []Unsaved // cells with a formula and no value; of rows that no other cell fills, too
	Fresh   []bool    // a value of the row was never seen before in its column, so that no earlier row equals it
}

// Reset prepares for a batch of n rows.
func (r *Rows) Reset(n int) {
	if cap(r.Filled) < n {
		r.Filled, r.Hash, r.Fresh = make([]bool, n), make([]uint64, n), make([]bool, n)
	}
	r.Filled, r.Hash, r.Fresh = r.Filled[:n], r.Hash[:n], r.Fresh[:n]
	r.Unsaved = r.Unsaved[:0]
	clear(r.Filled)
	clear(r.Hash)
	clear(r.Fresh)
}

// Merge adds what other columns say of the same rows.
func (r *Rows) Merge(other *Rows) {
	r.Unsaved = append(r.Unsaved, other.Unsaved...)
	for i, filled := range other.Filled {
		r.Filled[i] = r.Filled[i] || filled
		r.Hash[i] += other.Hash[i]
		r.Fresh[i] = r.Fresh[i] || other.Fresh[i]
	}
}

// adder is what one call of Add works with.
type adder struct {
	*Column
	readings []cleaning.Reading // by row; empty where they are not asked for
	batch    *cells.Batch
	dict     *Dictionary
	rows     *Rows
	position int
	seed     uint64 // of the column, for the rows' hashes
	memo     *memo  // where what the current cell comes to is kept; nil where it is not
}

// Add counts a batch's cells of the column at a position; rows before the first one are left out. What the cells say of
// their rows is added to rows, and what the texts of a Typeless or Typed column read as goes into readings, one a row, unless
// that is empty.
func (c *Column) Add(batch *cells.Batch, position, first int, dict *Dictionary, rows *Rows, readings []cleaning.Reading) {
	if position >= len(batch.Columns) {
		return
	}
	column := batch.Columns[position]
	for len(column) > 0 && int(column[0].Row) < first {
		column = column[1:]
	}
	a := adder{Column: c, readings: readings, batch: batch, dict: dict, rows: rows, position: position, seed: hashWord(uint64(position) + 1)}
	for len(column) > 0 {
		n := 1
		for n < len(column) && column[n].Kind == column[0].Kind {
			n++
		}
		a.run(column[:n])
		column = column[n:]
	}
	c.numbers.flush()
	c.instants.flush()
	c.texts.flush(dict)
}

// run counts cells of one kind.
func (a *adder) run(run []cells.Cell) {
	if a.Form == Workbook { // others have none
		a.countFormulas(run)
	}
	switch run[0].Kind {
	case cells.Number:
		for i := range run {
			a.number(&run[i], run[i].Bits)
		}
	case cells.Shared:
		a.shared(run)
	case cells.Date, cells.DateTime:
		for i := range run {
			a.instant(&run[i], run[i].Millis(), run[i].Kind == cells.DateTime)
		}
	case cells.Time:
		for i := range run {
			a.clock(&run[i], run[i].Millis())
		}
	case cells.Bool:
		for i := range run {
			a.bool(&run[i], run[i].Bits)
		}
	case cells.Text:
		a.ownTexts(run)
	case cells.Error:
		for i := range run {
			a.text(&run[i])
		}
	}
}

// Tags keep values of different kinds with the same bits apart in the rows' hashes.
const (
	tagNumber  = 0x1F83D9ABFB41BD6B
	tagInstant = 0x5BE0CD19137E2179
	tagClock   = 0x510E527FADE682D1
	tagBool    = 0x9B05688C2B3E6C1F
	tagText    = 0xA54FF53A5F1D36F1
	tagOwn     = 0x3C6EF372FE94F82B
)

// fill says that the cell's row has a value.
func (a *adder) fill(row uint16, key uint64, fresh bool) {
	a.rows.Filled[row] = true
	a.rows.Hash[row] += a.hash(key)
	if fresh {
		a.rows.Fresh[row] = true
	}
}

// hash is what a value adds to its row's hash.
func (a *adder) hash(key uint64) uint64 { return fold(key^a.seed, multiplier) }

func (a *adder) number(c *cells.Cell, bits uint64) {
	if bits == 1<<63 {
		bits = 0 // no negative zero
	}
	fresh := a.numbers.add(bits)
	a.fill(c.Row, numberKey(bits), fresh)
	if len(a.misfits[numeric]) < maxExamples {
		a.misfit(numeric, c, a.value(c, cleaning.Value{Kind: cleaning.Decimal, Num: cells.Cell{Bits: bits}.Num()}))
	}
}

func numberKey(bits uint64) uint64 { return bits ^ tagNumber }

// value is a value with the text that it stood in, where the column's cells are texts.
func (a *adder) value(c *cells.Cell, v cleaning.Value) cleaning.Value {
	if a.Form == Typeless {
		v.Text = cleaning.Trim(a.batch.At(*c))
	}
	return v
}

func (a *adder) instant(c *cells.Cell, millis int64, timed bool) {
	fresh := a.instants.add(millis, timed)
	a.fill(c.Row, instantKey(millis, timed)^tagInstant, fresh)
	if len(a.misfits[dated]) < maxExamples {
		v := cleaning.Value{Kind: cleaning.Date, Num: float64(millis)}
		if timed {
			v.Kind = cleaning.DateTime
		}
		a.misfit(dated, c, a.value(c, v))
	}
}

func (a *adder) clock(c *cells.Cell, millis int64) {
	seconds := uint64(millis / 1000)
	fresh := a.clocks.add(seconds, 1).count == 1
	a.fill(c.Row, seconds^tagClock, fresh)
	if len(a.misfits[timed]) < maxExamples {
		a.misfit(timed, c, a.value(c, cleaning.Value{Kind: cleaning.Time, Num: float64(millis)}))
	}
}

func (a *adder) bool(c *cells.Cell, v uint64) {
	a.bools[v&1]++
	a.fill(c.Row, v^tagBool, a.bools[v&1] == 1)
	if len(a.misfits[boolean]) < maxExamples {
		a.misfit(boolean, c, a.value(c, cleaning.Value{Kind: cleaning.Boolean, Num: float64(v)}))
	}
}

// shared counts texts of the file's table.
func (a *adder) shared(run []cells.Cell) {
	entries := a.dict.entries
	i := 0
	for ; i < len(run) && len(a.misfits[textual]) < maxExamples; i++ {
		if id := entries[run[i].Bits].what & idMask; id != 0 {
			a.misfit(textual, &run[i], cleaning.Value{Kind: cleaning.Text, Text: a.dict.Text(id)})
		}
	}
	for i := range run {
		c := &run[i]
		entry := &entries[c.Bits]
		id := entry.what & idMask
		if id == 0 {
			continue
		}
		a.fill(c.Row, uint64(id)^tagText, a.texts.addShared(id, entry.length))
		if entry.what&(blankEnds|readsNumber|readsDate) != 0 {
			a.marks(c, entry.what, a.dict.Text(id))
		}
	}
}

// ownTexts counts texts that stand in the cells themselves.
func (a *adder) ownTexts(run []cells.Cell) {
	if !a.memory.begin(len(run)) {
		for i := range run {
			a.text(&run[i])
		}
		return
	}
	for i := range run {
		c := &run[i]
		e, known := a.memory.place(a.batch.Bytes, int(c.Bits>>32), int(uint32(c.Bits)))
		if !known || !a.again(c, e) {
			a.memo = e
			a.text(c)
		}
	}
	a.memo = nil
	a.memory.end()
}

// nullWord is the mark kept for a text that stands for an empty cell.
const nullWord = 1

// nothing counts a word for nothing: its column has no value there, but a row of nothing else is one all the same.
func (a *adder) nothing(c *cells.Cell, text []byte) {
	a.reading(c, cleaning.Text, 0, text)
	a.rows.Filled[c.Row] = true
}

// text counts a text that stands in the cell itself.
func (a *adder) text(c *cells.Cell) {
	raw := a.batch.At(*c)
	text := cleaning.Trim(raw)
	if len(text) == 0 {
		a.remember(cleaning.Null, 0, 0, nil)
		return
	}
	if c.Kind == cells.Error {
		if a.errors == nil {
			a.errors = map[string]int64{}
		}
		if _, known := a.errors[string(text)]; known || len(a.errors) < maxErrorKinds {
			a.errors[string(text)]++
		}
	}
	if a.Form == Typeless {
		var v cleaning.Value
		if a.Keys || a.Dressing != nil {
			v = a.readOtherwise(text)
		} else {
			v = cleaning.ReadText(text)
		}
		if v.Kind == cleaning.Null {
			a.nothing(c, text)
			a.remember(cleaning.Null, nullWord, 0, nil)
			return
		}
		a.reading(c, v.Kind, v.Num, text)
		switch v.Kind {
		case cleaning.Integer, cleaning.Decimal:
			a.namesVary(text)
			a.number(c, cells.FromNum(v.Num))
			a.remember(v.Kind, v.Num, numberKey(cells.FromNum(v.Num)), &a.numbers.values)
			return
		case cleaning.Boolean:
			a.namesVary(text)
			a.bool(c, uint64(v.Num))
			a.remember(v.Kind, v.Num, uint64(v.Num)^tagBool, nil)
			return
		case cleaning.Date, cleaning.DateTime:
			a.instant(c, int64(v.Num), v.Kind == cleaning.DateTime)
			a.remember(v.Kind, v.Num, instantKey(int64(v.Num), v.Kind == cleaning.DateTime)^tagInstant, &a.instants.values)
			return
		case cleaning.Time:
			a.clock(c, int64(v.Num))
			a.remember(v.Kind, v.Num, uint64(int64(v.Num)/1000)^tagClock, &a.clocks)
			return
		}
	}
	if a.Form == Typed {
		a.reading(c, cleaning.Text, 0, text)
	}
	var mark uint32
	if entry := a.dict.find(text); entry != 0 {
		id := entry & idMask
		a.fill(c.Row, uint64(id)^tagText, a.texts.addShared(id, a.dict.entries[id-1].length))
		mark = entry
	} else {
		hash := hashText(text)
		f, fresh := a.texts.addOwn(text, hash, a.Form == Workbook)
		a.fill(c.Row, hash^tagOwn, fresh)
		a.remember(cleaning.Text, 0, hash^tagOwn, &a.texts.own)
		mark = f
	}
	if len(text) != len(raw) {
		mark |= blankEnds
	}
	if a.Form != Workbook || c.Kind == cells.Error {
		mark &= blankEnds
	}
	if mark&(blankEnds|readsNumber|readsDate) != 0 {
		a.marks(c, mark, text)
	}
	if e := a.memo; e != nil && e.known {
		e.mark, e.runes = mark&(blankEnds|readsNumber|readsDate), uint32(utf8.RuneCount(text))
	}
	if len(a.misfits[textual]) < maxExamples {
		a.misfit(textual, c, cleaning.Value{Kind: cleaning.Text, Text: text})
	}
}

// reading gives what a cell's text reads as to whom asks for it.
func (a *adder) reading(c *cells.Cell, kind cleaning.Kind, num float64, text []byte) {
	if len(a.readings) == 0 {
		return
	}
	r := cleaning.Reading{Num: num, Kind: kind}
	if a.Keys {
		r.Same = a.serials.number(text)
	}
	a.readings[c.Row] = r
}

// maxErrorKinds bounds the kinds of errors; spreadsheets know fewer than twenty.
const maxErrorKinds = 64

// marks counts what is odd about a text.
func (a *adder) marks(c *cells.Cell, mark uint32, text []byte) {
	if mark&blankEnds != 0 {
		a.blankEnds++
	}
	if mark&readsNumber != 0 {
		a.numbersAsText++
	}
	if mark&readsDate != 0 {
		a.datesAsText++
	}
	if mark&(readsNumber|readsDate) != 0 && len(a.asText) < maxExamples {
		a.asText = append(a.asText, a.example(c, cleaning.Value{Kind: cleaning.Text, Text: text}))
	}
}
