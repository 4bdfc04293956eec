package reading

import (
	"hash/maphash"
	"math"
	"slices"

	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/keys"
)

// entry is what the figures need of a row that has an order_id.
type entry struct {
	id, hash uint64  // of the order_id, and of all the row's values
	amount   float64 // the revenue, or what it probably is where it can't be read
	day      int32
	row      int32 // its number in the file
	kind     rowKind
	shift    shift
	money    money
	dated    bool // the day is known
	lost     bool // the order_id may have lost digits
}

// money says what a row's revenue is.
type money uint8

const (
	priced   money = iota // a number
	unpriced              // null
	unread                // neither
)

// mostInMemory is how many entries are kept in memory. Of more all are on disk, in buckets by their order_ids.
const mostInMemory = 1 << 18

// mostHashes is how many different rows of a bucket are told apart when equal ones are looked for: more are only there
// where a few order_ids have millions of rows.
const mostHashes = 1 << 20

// ledger keeps the entries of a table's rows in their order.
type ledger struct {
	most    int // in memory
	entries []entry
	disk    *keys.Buckets
	err     error
}

// add takes the next row. Errors are told by each.
func (l *ledger) add(e *entry) {
	if l.disk == nil && len(l.entries) < l.most {
		l.entries = append(l.entries, *e)
		return
	}
	if l.disk == nil && l.err == nil {
		if l.disk, l.err = keys.NewBuckets(); l.err == nil {
			for i := range l.entries {
				l.spill(&l.entries[i])
			}
		}
		l.entries = nil
	}
	l.spill(e)
}

// entryWords is how many numbers an entry is on disk, a part of what a piece of a bucket holds.
const entryWords = 4

// dayBias makes numbers of 23 bits of the days of the years that there are.
const dayBias = 1 << 22

func (l *ledger) spill(e *entry) {
	if l.err != nil {
		return
	}
	what := uint64(uint32(e.row))<<32 | uint64(e.day+dayBias)<<9 | uint64(e.kind)<<6 | uint64(e.shift)<<4 | uint64(e.money)<<2
	if e.dated {
		what |= 1
	}
	if e.lost {
		what |= 2
	}
	l.err = l.disk.Add(e.id, e.id, e.hash, math.Float64bits(e.amount), what)
}

// each gives all entries, in parts that have no order_id in common; first says that an entry begins a part. Those of a
// part come in the order of their rows. Errors are *scratch.Error.
func (l *ledger) each(take func(e *entry, first bool)) error {
	if l.err != nil || l.disk == nil {
		for i := range l.entries {
			take(&l.entries[i], i == 0)
		}
		return l.err
	}
	return l.disk.Each(func(numbers []uint64, first bool) error {
		for ; len(numbers) > 0; numbers = numbers[entryWords:] {
			what := numbers[3]
			e := entry{id: numbers[0], hash: numbers[1], amount: math.Float64frombits(numbers[2]),
				row: int32(what >> 32), day: int32(what>>9&(1<<23-1)) - dayBias, kind: rowKind(what >> 6 & 7), shift: shift(what >> 4 & 3), money: money(what >> 2 & 3),
				dated: what&1 != 0, lost: what&2 != 0}
			take(&e, first)
			first = false
		}
		return nil
	})
}

func (l *ledger) close() {
	if l.disk != nil {
		l.disk.Close()
	}
}

// counted are rows with their money.
type counted struct {
	rows     int64
	sum, abs amount.Sum // abs is the sum of the absolute amounts
}

func (c *counted) add(value float64) {
	c.rows++
	c.sum.Add(amount.TenThousandths(value))
	c.abs.Add(amount.TenThousandths(math.Abs(value)))
}

func (c *counted) addAll(other *counted) {
	c.rows += other.rows
	c.sum.AddSum(&other.sum)
	c.abs.AddSum(&other.abs)
}

// choice says which rows that are no ordinary ones are in the sums.
type choice struct {
	count   bool // rows that are no orders count
	realign bool // shifted rows count where they can be realigned
}

func (c choice) has(e *entry) bool {
	return (e.kind == isOrder || c.count) && (e.shift == inPlace || e.shift == canRealign && c.realign)
}

// figures are what the rows come to that have an order_id and count.
type figures struct {
	orders                 int64   // different order_ids
	first, lines           sums    // of the first row of each order_id, and of all rows
	repeated               counted // rows with an earlier order_id
	different, same, other int64   // of these
	otherPriced            bool    // one of the others has a revenue
	unpriced               bool    // one of these has none
	lost                   bool    // one of these may have lost digits of its order_id
	withoutAmount          int64   // order_ids of which no row has a revenue that is a number
	lacking                []int   // the numbers of the first rows of lines.noAmount
}

// sums are those of one way to take repeated order_ids.
type sums struct {
	total             amount.Sum
	unread, undated   counted
	noAmount          int64 // rows without a revenue, of order_ids without any
	hasDay            bool
	firstDay, lastDay int32
}

// idState is what is known of an order_id while its rows are counted.
type idState struct {
	amount float64 // of its first row
	money  money   // of its first row
	priced bool    // a row has a revenue
	nulls  uint32  // rows without one
}

// figures counts the rows of a choice.
func (l *ledger) figures(c choice) (*figures, error) {
	f := &figures{}
	var ids map[uint64]*idState
	var rows keys.Table
	unpricedRows := map[uint64][]int{} // the first ones of each order_id that has some
	finish := func() {
		for id, state := range ids {
			if state.priced {
				continue
			}
			f.withoutAmount++
			for _, row := range unpricedRows[id] {
				f.lacking = firstRows(f.lacking, row)
			}
			if state.money == unpriced {
				f.first.noAmount++
			}
			f.lines.noAmount += int64(state.nulls)
		}
		clear(ids)
		clear(unpricedRows)
		rows.Reset()
	}
	err := l.each(func(e *entry, first bool) {
		if ids == nil {
			ids = map[uint64]*idState{}
		} else if first {
			finish()
		}
		if !c.has(e) {
			return
		}
		state, known := ids[e.id], true
		f.lines.add(e, state == nil)
		if state == nil {
			state, known = &idState{amount: e.amount, money: e.money}, false
			ids[e.id] = state
			f.orders++
			f.first.add(e, true)
		}
		state.priced = state.priced || e.money == priced
		if e.money == unpriced {
			state.nulls++
			if len(unpricedRows[e.id]) < mostExamples {
				unpricedRows[e.id] = append(unpricedRows[e.id], int(e.row))
			}
		}
		hash := max(e.hash, 1)
		equal := rows.Has(hash)
		if !equal && rows.Len() < mostHashes {
			rows.Add(hash)
		}
		if known {
			f.repeat(e, state, equal)
		}
	})
	finish()
	return f, err
}

// firstRows adds a row to a list of the first ones, in ascending order.
func firstRows(rows []int, row int) []int {
	at, _ := slices.BinarySearch(rows, row)
	rows = slices.Insert(rows, at, row)
	return rows[:min(len(rows), mostExamples)]
}

// repeat takes a row that repeats an order_id; equal says that it equals an earlier row.
func (f *figures) repeat(e *entry, first *idState, equal bool) {
	f.repeated.add(e.value())
	f.lost, f.unpriced = f.lost || e.lost, f.unpriced || e.money == unpriced
	different := e.money == priced && (first.money != priced || first.amount != e.amount)
	if different {
		f.different++
	}
	if equal {
		f.same++
	}
	if !different && !equal {
		f.other++
		f.otherPriced = f.otherPriced || e.money == priced
	}
}

// value is what the row would add to the sums.
func (e *entry) value() float64 {
	if e.money == unpriced {
		return 0
	}
	return e.amount
}

// add takes a row; first says that it is the first one of its order.
func (s *sums) add(e *entry, first bool) {
	switch e.money {
	case priced:
		s.total.Add(amount.TenThousandths(e.amount))
	case unread:
		s.unread.add(e.amount)
	}
	if !e.dated {
		value := 0.0
		if e.money == priced {
			value = e.amount
		}
		if first || e.money != unpriced {
			s.undated.add(value)
		}
		return
	}
	if !s.hasDay || e.day < s.firstDay {
		s.firstDay = e.day
	}
	if !s.hasDay || e.day > s.lastDay {
		s.lastDay = e.day
	}
	s.hasDay = true
}

// idHasher makes the hashes of order_ids, which are compared as texts.
type idHasher struct {
	seed maphash.Seed
	room []byte
}

func (h *idHasher) hash(v *Value) uint64 {
	if v.Text != nil {
		return maphash.Bytes(h.seed, v.Text)
	}
	h.room = v.AppendText(h.room[:0])
	return maphash.Bytes(h.seed, h.room)
}
