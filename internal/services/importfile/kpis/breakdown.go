package kpis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

const (
	noValue = "(none)"
	none    = 0 // the group of rows without a value
	recents = 1 << 8
	// What has more different values, or longer ones, is no column of groups: nobody could look at them, and the document of
	// KPIs would not be read.
	mostGroups     = 100_000
	mostGroupBytes = 8 << 20
)

// breakdown is the revenue by the values of a column. Its cells get the numbers of their groups batch by batch, on any
// goroutine; the rows are added up on another.
type breakdown struct {
	column  int // -1 where the file has none
	csv     bool
	texts   *cells.Texts
	names   []string          // by group
	numbers map[string]uint32 // of the groups, by name
	bytes   int               // of the names
	over    bool              // there are more than are kept: those are in none
	shared  [recents]recent   // of the last texts of the table, by the lower bits of their numbers
	own     [recents]uint32   // groups of the last other texts, by a hash
	key     []byte

	sums  []group // by group
	first []int   // by group: the number of its first row
}

// recent is the group of a text in the file's table.
type recent struct {
	text  uint32 // its number, plus 1
	group uint32
}

// begin prepares for a column; -1 for none.
func (b *breakdown) begin(column int, csv bool, texts *cells.Texts) {
	b.column, b.csv, b.texts = column, csv, texts
	b.names, b.numbers = []string{noValue}, map[string]uint32{noValue: none}
}

// read gives the groups of a batch's rows.
func (b *breakdown) read(dst []uint32, batch *cells.Batch) []uint32 {
	dst = slices.Grow(dst[:0], len(batch.Rows))[:len(batch.Rows)]
	clear(dst)
	if b.column >= len(batch.Columns) {
		return dst
	}
	for _, c := range batch.Columns[b.column] {
		switch c.Kind {
		case cells.Shared:
			text := uint32(c.Bits)
			r := &b.shared[text%recents]
			if r.text != text+1 {
				*r = recent{text + 1, b.group(cleaning.Trim(b.texts.At(text)))}
			}
			dst[c.Row] = r.group
		case cells.Text:
			dst[c.Row] = b.group(cleaning.Trim(batch.At(c)))
		default:
			v := cleaning.Read(spreadsheet.CellOf(batch, b.texts, b.column, c), b.csv)
			dst[c.Row] = b.ofValue(v)
		}
	}
	return dst
}

func (b *breakdown) ofValue(v cleaning.Value) uint32 {
	b.key = v.AppendText(b.key[:0])
	return b.group(b.key)
}

// group is the number of the group with a name.
func (b *breakdown) group(name []byte) uint32 {
	n := len(name)
	if n == 0 {
		return none
	}
	last := &b.own[(uint32(n)*31+uint32(name[0])*7+uint32(name[n/2])*5+uint32(name[n-1]))%recents]
	if b.names[*last] == string(name) {
		return *last
	}
	number, ok := b.numbers[string(name)]
	if !ok {
		if b.bytes += n; len(b.names) > mostGroups || b.bytes > mostGroupBytes {
			b.over = true
			return none
		}
		number = uint32(len(b.names))
		b.names = append(b.names, string(name))
		b.numbers[b.names[number]] = number
	}
	*last = number
	return number
}

// add adds a row to its group.
func (b *breakdown) add(number uint32, u amount.Units, row *cleaning.Row) {
	for int(number) >= len(b.sums) {
		b.sums, b.first = append(b.sums, group{}), append(b.first, math.MaxInt)
	}
	b.sums[number].add(u, !row.Repeated)
	b.first[number] = min(b.first[number], row.Number)
}

// shares are the groups, the largest revenue first, equal revenue by key.
func (b *breakdown) shares() []contract.Share {
	var found []int
	for i := range b.sums {
		if b.sums[i].rows > 0 {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(x, y int) int {
		return cmp.Or(b.sums[y].revenue.Compare(&b.sums[x].revenue), cmp.Compare(b.names[x], b.names[y]))
	})
	out := make([]contract.Share, 0, len(found))
	for _, i := range found {
		out = append(out, contract.Share{Key: b.names[i], Revenue: b.sums[i].revenue.Money(), Orders: b.sums[i].orders})
	}
	return out
}

// sameGroups are groups with names that only case, white space or characters without a width tell apart: of each, the names
// with their sums, in the order in which they first stand in the rows.
func (b *breakdown) sameGroups() []string {
	if b.over {
		return nil
	}
	var found []int
	for i := range b.sums {
		if b.sums[i].rows > 0 && i != none {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(x, y int) int { return cmp.Compare(b.first[x], b.first[y]) })
	names := make([]string, len(found))
	for i, number := range found {
		names[i] = b.names[number]
	}
	var out []string
	for _, same := range reading.SameGroups(names) {
		told := make([]string, len(same.Names))
		for i, name := range same.Names {
			told[i] = fmt.Sprintf("%s (%.2f)", name, b.sums[found[same.At[i]]].revenue.Money())
		}
		out = append(out, strings.Join(told, ", "))
	}
	return out
}
