package datatable

import (
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
)

// measuredRows is how many rows are asked for the width that a column needs.
const measuredRows = 64

// ask measures what the columns need for the first rows; true where that has changed.
func ask(columns []Column, rows int, cells func(row int) []Cell) bool {
	face, small := lettering.Face{Size: style.Body}, lettering.Face{Size: style.Caption}
	mark := style.Grown(12) + style.Small + style.Tight // with what the layout of a cell keeps free
	wants := make([]float32, len(columns))
	for row := range min(rows, measuredRows) {
		for i, c := range cells(row) {
			if i >= len(columns) {
				break
			}
			face.Bold = c.Bold
			want := max(face.Room(lettering.Label(c.Text)), small.Room(lettering.Label(c.Note))) + 1
			if columns[i].Mark {
				want += mark
			}
			wants[i] = max(wants[i], want)
		}
	}
	changed := false
	for i := range columns {
		if columns[i].want != wants[i] {
			columns[i].want, changed = wants[i], true
		}
	}
	return changed
}

// share gives each column its width with the gap around its cells: as much as its rows need, up to a bound, and at least what it is
// made for. What is left goes by Grow. What is missing is taken from columns that need less than they are made for, then from those
// that grow, then from those that hold no numbers, then from all alike.
func share(columns []Column, room float32) []float32 {
	const (
		gap  = 2 * rowPad
		most = 1.6 // times what a column is made for
		give = 0.4 // of its width, by a column that grows
	)
	out := make([]float32, len(columns))
	var sum, grow float32
	for i, c := range columns {
		made := style.Scaled(c.Width)
		out[i] = max(made, min(c.want, made*most)) + gap
		sum += out[i]
		grow += c.Grow
	}
	take := func(from func(i int) float32) {
		var can float32
		for i := range out {
			can += from(i)
		}
		if sum <= room || can <= 0 {
			return
		}
		part := min(1, (sum-room)/can)
		for i := range out {
			less := part * from(i)
			out[i], sum = out[i]-less, sum-less
		}
	}
	spare := make([]float32, len(out))
	for i, c := range columns {
		if c.want > 0 {
			spare[i] = max(0, out[i]-gap-max(c.want, leastWidth))
		}
	}
	take(func(i int) float32 { return spare[i] })
	for i, c := range columns {
		if c.Spare && sum > room && style.Narrow() {
			out[i], sum, grow = 0, sum-out[i], grow-c.Grow
		}
	}
	for i, c := range columns {
		spare[i] = 0
		if c.Grow > 0 {
			spare[i] = give * out[i]
		}
	}
	take(func(i int) float32 { return spare[i] })
	for i, c := range columns { // a number is the last to be cut
		spare[i] = 0
		if !c.Right {
			spare[i] = give * out[i]
		}
	}
	take(func(i int) float32 { return spare[i] })
	for i, c := range columns {
		switch {
		case sum > room:
			out[i] *= max(0, room) / sum
		case grow > 0 && out[i] > 0:
			out[i] += (room - sum) * c.Grow / grow
		}
	}
	return out
}
