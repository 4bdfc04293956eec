package reading

import (
	"bytes"
	"reflect"
	"sync"
	"unicode/utf8"

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
	totals  *starts
	least   int // fields of a row
	most    int
}

// PlainRow is what the rules as they stand say of a row.
type PlainRow struct {
	ID       *Value
	Repeated bool   // an earlier row has its order_id
	Dated    bool   // order_date is a date
	Revenue  *Value // as it is stored
	Amounts  bool   // revenue is a number; quantity, unit_price and discount are numbers, or there are none
	Fields   int    // of a text file: cells.Row.Fields
}

// NewPlain watches the table below a header, the first row with a value of the file's first sheet.
func NewPlain(file *spreadsheet.File, h *Header, given contract.ReadOptions) *Plain {
	given.SchemaVersion = 0
	p := &Plain{columns: len(h.Names), totals: totalStarts(), needed: !reflect.DeepEqual(given, contract.ReadOptions{}) || len(declaredTotals(file)) > 0}
	a, err := h.Assign(nil)
	c := h.Columns()
	p.needed = p.needed || err != nil || !a.Required() || min(c.OrderID, c.OrderDate, c.Revenue) < 0
	for _, candidates := range a.Candidates {
		p.needed = p.needed || len(candidates) > 0
	}
	return p
}

// Needed says that the file needs a survey. No later row can change that.
func (p *Plain) Needed() bool { return p.needed }

// Row looks at the next row with a value.
func (p *Plain) Row(r *PlainRow) {
	if p.needed {
		return
	}
	if r.ID.Kind == Null || r.Repeated || !r.Dated || !r.Amounts || len(r.ID.Text) > 0 && p.totals.mayBeTotal(r.ID.Text) {
		p.needed = true
		return
	}
	if !p.dots && len(r.Revenue.Text) > 0 {
		switch shape, _, _ := plainShape(r.Revenue.Text); {
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

// Repeated tells of a row that repeats an order_id, if this was not known when the row was read.
func (p *Plain) Repeated() { p.needed = true }

// SurveyNeeded says, once all rows were seen, whether the file needs a survey. Long is how many rows of a text file have a
// value behind the last column (spreadsheet.TextForm).
func (p *Plain) SurveyNeeded(long int64) bool {
	return p.needed || p.open && !p.dots || long > 0 || p.most > p.columns && p.most != p.least
}

// starts are the first three letters of words: of each its lower five bits, which capitals share, and 0 for other signs.
type starts [1 << 15 / 64]uint64

func startOf[T string | []byte](word T) (n uint) {
	for i := range min(len(word), 3) {
		n = n<<5 | uint(word[i]&31*(word[i]>>6&1))
	}
	return n
}

// totalStarts are those of the total words that begin with a letter of ASCII.
var totalStarts = sync.OnceValue(func() *starts {
	var s starts
	for word := range totalWords() {
		if n := startOf(word); word[0] < utf8.RuneSelf {
			s[n/64] |= 1 << (n % 64)
		}
	}
	return &s
})

// mayBeTotal says that an order_id is a total word. Most are told by their first letters.
func (s *starts) mayBeTotal(id []byte) bool {
	if n := startOf(id); s[n/64]&(1<<(n%64)) == 0 && id[0] < utf8.RuneSelf && bytes.IndexByte(id, ' ') < 0 {
		return false
	}
	return isTotalText(id)
}
