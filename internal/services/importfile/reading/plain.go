package reading

import (
	"bytes"
	"reflect"
	"sync"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// Plain watches a reading of a file by the rules as they stand, and says whether these rules are all that the file needs.
// Then a survey would find nothing and ask nothing. It costs a few comparisons a row.
type Plain struct {
	columns int
	needed  bool
	dots    bool // a text of revenue shows that a point is the decimal mark
	open    bool // one leaves it open
	least   int  // fields of a row
	most    int
	start   [3]byte // of an order_id that begins as no total word does
}

// PlainRow is what the rules as they stand say of a row.
type PlainRow struct {
	ID       []byte // as text; empty where it is null
	Repeated bool   // an earlier row has its order_id
	Dated    bool   // order_date is a date
	Revenue  []byte // the text, where it is stored as one
	Amounts  bool   // revenue is a number; quantity, unit_price and discount are numbers, or there are none
	Fields   int    // of a text file: cells.Row.Fields
}

// NewPlain watches the table below a header, the first row with a value of the file's first sheet.
func NewPlain(file *spreadsheet.File, h *Header, given contract.ReadOptions) *Plain {
	given.SchemaVersion = 0
	p := &Plain{columns: len(h.Names), needed: !reflect.DeepEqual(given, contract.ReadOptions{}) || len(declaredTotals(file)) > 0}
	a, err := h.Assign(nil)
	p.needed = p.needed || err != nil || !a.Required()
	for _, candidates := range a.Candidates {
		p.needed = p.needed || len(candidates) > 0
	}
	return p
}

// Row looks at the next row with a value.
func (p *Plain) Row(r *PlainRow) {
	if p.needed {
		return
	}
	if len(r.ID) == 0 || r.Repeated || !r.Dated || !r.Amounts || p.mayBeTotal(r.ID) {
		p.needed = true
		return
	}
	if !p.dots && len(r.Revenue) > 0 {
		switch shape, _, _ := plainShape(r.Revenue); {
		case shape&isOpen != 0:
			p.open = true
		case shape&DecimalDot != 0:
			p.dots = true
		}
	}
	if r.Fields != p.most || p.least != p.most {
		if p.most == 0 {
			p.least = r.Fields
		}
		p.least, p.most = min(p.least, r.Fields), max(p.most, r.Fields)
	}
}

// Repeated says that a row repeats an order_id of which it was not known at once.
func (p *Plain) Repeated() { p.needed = true }

// SurveyNeeded says, once all rows were seen, whether the file needs a survey. Long is how many rows of a text file have a
// value behind the last column (spreadsheet.TextForm).
func (p *Plain) SurveyNeeded(long int64) bool {
	return p.needed || p.open && !p.dots || long > 0 || p.most > p.columns && p.most != p.least
}

// totalStarts are the first three bytes of total words, in lower case.
var totalStarts = sync.OnceValue(func() map[[3]byte]bool {
	starts := map[[3]byte]bool{}
	for word := range totalWords() {
		var start [3]byte
		copy(start[:], word)
		starts[start] = true
	}
	return starts
})

// mayBeTotal says that an order_id is a total word. Most are told by their first letters, which most have in common.
func (p *Plain) mayBeTotal(id []byte) bool {
	if len(id) >= len(p.start) && [3]byte(id) == p.start && bytes.IndexByte(id, ' ') < 0 {
		return false
	}
	if bytes.IndexByte(id, ' ') < 0 && id[0] < 0x80 {
		var start [3]byte
		for i := 0; i < len(id) && i < len(start); i++ {
			if start[i] = id[i]; id[i] >= 'A' && id[i] <= 'Z' {
				start[i] += 'a' - 'A'
			}
		}
		if !totalStarts()[start] {
			if len(id) >= len(p.start) {
				p.start = [3]byte(id)
			}
			return false
		}
	}
	return isTotalText(id)
}
