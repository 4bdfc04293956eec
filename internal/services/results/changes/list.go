package changes

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"math"
	"slices"

	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/scratch"
	"fabricportal/internal/services/results/dataset"
)

// MostListed is how many orders of a kind are kept for lists: as many as a sheet of Excel has rows below its header.
const MostListed = 1_048_575

// list keeps orders on disk, and in memory where those with the most money stand.
type list struct {
	most    int
	file    *scratch.File
	out     *bufio.Writer
	size    int64
	room    []byte
	entries entries // a heap until finish: the least first
	leftOut int64
	least   amount.Sum // of what was left out
}

// entry is where an order stands. number is that of its first row, so that equal ones have an order.
type entry struct {
	change float64 // of revenue; its distance from 0 is by what an order comes before others
	number int64
	at     int64
	bytes  int32
}

type entries []entry

func (e entries) Len() int           { return len(e) }
func (e entries) Less(i, j int) bool { return less(e[i], e[j]) < 0 }
func (e entries) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *entries) Push(x any)        { *e = append(*e, x.(entry)) }
func (e *entries) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

func less(a, b entry) int {
	return cmp.Or(cmp.Compare(math.Abs(a.change), math.Abs(b.change)), cmp.Compare(b.number, a.number))
}

func newList(most int) (*list, error) {
	file, err := scratch.Create()
	if err != nil {
		return nil, err
	}
	return &list{most: most, file: file, out: bufio.NewWriterSize(file, 64<<10)}, nil
}

func (l *list) close() { _ = l.file.Close() }

// listed is an order with the places of its changed columns.
type listed struct {
	Order
	places []int
}

// add keeps an order, with the cells of its first row as they were encoded.
func (l *list) add(o listed, cells []byte, number int64) error {
	e := entry{change: o.Change(), number: number, at: l.size}
	if len(l.entries) >= l.most && less(e, l.entries[0]) < 0 {
		l.leave(e)
		return nil
	}
	b := binary.AppendUvarint(l.room[:0], uint64(len(o.ID)))
	b = append(b, o.ID...)
	for side := range 2 {
		b = binary.AppendUvarint(b, uint64(o.Rows[side]))
		b = binary.AppendUvarint(b, uint64(o.Unpaired[side]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(o.Revenue[side]))
	}
	b = binary.AppendUvarint(b, uint64(len(o.Changes)))
	for i, c := range o.Changes {
		b = binary.AppendUvarint(b, uint64(o.places[i]))
		b = appendCell(appendCell(b, c.Cells[Before]), c.Cells[After])
	}
	b = append(b, cells...)
	l.room = b
	if _, err := l.out.Write(b); err != nil {
		return err
	}
	e.bytes = int32(len(b))
	l.size += int64(len(b))
	if len(l.entries) < l.most {
		heap.Push(&l.entries, e)
		return nil
	}
	l.leave(l.entries[0])
	l.entries[0] = e
	heap.Fix(&l.entries, 0)
	return nil
}

// leave counts an order among those that are not listed.
func (l *list) leave(e entry) {
	l.leftOut++
	l.least.Add(amount.TenThousandths(e.change))
}

// finish puts those with the most money first.
func (l *list) finish() error {
	slices.SortFunc(l.entries, func(a, b entry) int { return less(b, a) })
	l.room = nil
	return l.out.Flush()
}

func (l *list) read(e entry) (listed, error) {
	b := make([]byte, e.bytes)
	if _, err := l.file.ReadAt(b, e.at); err != nil {
		return listed{}, err
	}
	r := reader{b: b}
	var o listed
	o.ID = string(r.bytes(r.number()))
	for side := range 2 {
		o.Rows[side] = int64(r.number())
		o.Unpaired[side] = int64(r.number())
		o.Revenue[side] = r.float()
	}
	for range r.number() {
		o.places = append(o.places, int(r.number()))
		o.Changes = append(o.Changes, CellChange{Cells: [2]dataset.Cell{r.cell(), r.cell()}})
	}
	for len(r.b) > 0 && r.err == nil {
		o.Cells = append(o.Cells, r.cell())
	}
	return o, r.err
}
