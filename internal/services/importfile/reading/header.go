package reading

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// Header is the header row.
type Header struct {
	Row   int      // its number in the file, counting from 1
	Names []string // as they stand in the file; from column A to the last one that is not blank
	// Normalized are the names after normalisation, all different.
	Normalized []string
	// Faulty are the columns, counting from 0, whose header is blank, repeated, or has blanks at its ends.
	Faulty []int

	assigned map[string]int // columns by role, -1 where a role has none; nil where the names alone say them
}

// mostNameRunes is how long a name may be, as in Excel's tables; of a longer one the beginning counts. A name is kept several
// times over, and there are thousands of columns.
const mostNameRunes = 255

// nameOf is the name that a header's cell gives.
func nameOf(text []byte) string {
	runes := 0
	for at := 0; at < len(text); runes++ {
		if runes == mostNameRunes {
			return string(text[:at])
		}
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return string(text)
}

// ReadHeader reads a row as the header; ok is false where it has no value and so is none.
func ReadHeader(cells []spreadsheet.Cell, row int) (h Header, ok bool) {
	h.Row = row
	width := 0
	for _, c := range cells {
		if Read(c, false).Kind != Null {
			width = c.Column + 1
		}
	}
	if width == 0 {
		return h, false
	}
	h.Names = make([]string, width)
	for _, c := range cells {
		if c.Column >= width {
			break
		}
		if c.Kind == spreadsheet.Text {
			h.Names[c.Column] = nameOf(c.Text)
		} else {
			h.Names[c.Column] = string(Read(c, false).AppendText(nil))
		}
	}
	h.normalize()
	return h, true
}

// normalize gives each column its own name: a blank one is called column_N, a repeated one gets the next free suffix.
func (h *Header) normalize() {
	h.Normalized = make([]string, len(h.Names))
	used := make(map[string]bool, len(h.Names))
	next := map[string]int{} // the first suffix that may be free, so that many equal names don't cost their square
	for i, name := range h.Names {
		base := NormalizedName(name)
		if base == "" {
			base = "column_" + strconv.Itoa(i+1)
		}
		unique := base
		for n := max(2, next[base]); used[unique]; n++ {
			unique = base + "_" + strconv.Itoa(n)
			next[base] = n
		}
		used[unique] = true
		h.Normalized[i] = unique
		if trimmed := strings.TrimSpace(name); trimmed == "" || trimmed != name || unique != base {
			h.Faulty = append(h.Faulty, i)
		}
	}
}

// NormalizedName is a name in NFKC and lower case with each run of other characters than letters and digits as one _;
// it is empty where nothing is left.
func NormalizedName(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKC.String(name) {
		r = unicode.ToLower(r)
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('_')
		}
		gap = false
		b.WriteRune(r)
	}
	return b.String()
}

// Columns are the positions of the columns that the rules name; -1 where there is none.
type Columns struct {
	OrderID, OrderDate, Revenue      int
	Quantity, UnitPrice, Discount    int
	Channel, Region, ProductCategory int
}

// Columns finds the columns that the rules name.
func (h *Header) Columns() Columns {
	return Columns{
		OrderID: h.Index("order_id"), OrderDate: h.Index("order_date"), Revenue: h.Index("revenue"),
		Quantity: h.Index("quantity"), UnitPrice: h.Index("unit_price"), Discount: h.Index("discount"),
		Channel: h.Index("channel"), Region: h.Index("region"), ProductCategory: h.Index("product_category"),
	}
}

// Index is the position of the column that has a role, or a normalised name; -1 where there is none.
func (h *Header) Index(normalized string) int {
	if at, ok := h.assigned[normalized]; ok {
		return at
	}
	for i, name := range h.Normalized {
		if name == normalized {
			return i
		}
	}
	return -1
}

// Take gives columns the roles that options say. An error is an *OptionError.
func (h *Header) Take(columns map[string]string) error {
	a, err := h.Assign(columns)
	if err != nil || len(columns) == 0 {
		return err
	}
	// A column that is given to one role has no other, whatever its name.
	h.assigned = make(map[string]int, len(contract.Words().Roles))
	for _, role := range contract.Words().Roles {
		h.assigned[role.Role] = *a.Columns.of(role.Role)
	}
	return nil
}
