package reading

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// plainFigures counts entries with maps.
func plainFigures(entries []entry, c choice) string {
	first, hasAmount, nulls := map[uint64]entry{}, map[uint64]bool{}, map[uint64]int{}
	lacking := []int{}
	rows := map[[2]uint64]bool{}
	var total, lines float64
	var unreadRows, undated, undatedLines, different, same, other int
	days := []int32{}
	for _, e := range entries {
		if !c.has(&e) {
			continue
		}
		before, known := first[e.id]
		if !known {
			first[e.id] = e
		}
		value := 0.0
		if e.money == priced {
			value = e.amount
			hasAmount[e.id] = true
		}
		if e.money == unpriced {
			nulls[e.id]++
		}
		lines += value
		if !e.dated {
			if !known || e.money != unpriced {
				undatedLines++
			}
		} else {
			days = append(days, e.day)
		}
		if !known {
			total += value
			if e.money == unread {
				unreadRows++
			}
			if !e.dated {
				undated++
			}
		} else {
			isDifferent := e.money == priced && (before.money != priced || before.amount != e.amount)
			isSame := rows[[2]uint64{e.id, e.hash}]
			switch {
			case isDifferent:
				different++
				if isSame {
					same++
				}
			case isSame:
				same++
			default:
				other++
			}
		}
		rows[[2]uint64{e.id, e.hash}] = true
	}
	noAmount, noAmountLines := 0, 0
	for id, e := range first {
		if !hasAmount[id] {
			noAmountLines += nulls[id]
			if e.money == unpriced {
				noAmount++
			}
		}
	}
	for _, e := range entries {
		if c.has(&e) && e.money == unpriced && !hasAmount[e.id] && len(lacking) < mostExamples {
			lacking = append(lacking, int(e.row))
		}
	}
	low, high := int32(0), int32(0)
	for i, day := range days {
		if i == 0 || day < low {
			low = day
		}
		if i == 0 || day > high {
			high = day
		}
	}
	return fmt.Sprint(len(first), total, lines, unreadRows, undated, undatedLines, different, same, other, noAmount, noAmountLines, lacking, low, high)
}

func figuresText(f *figures) string {
	return fmt.Sprint(f.orders, f.first.total.Money(), f.lines.total.Money(), f.first.unread.rows, f.first.undated.rows, f.lines.undated.rows, f.different, f.same, f.other, f.first.noAmount, f.lines.noAmount, f.lacking, f.lines.firstDay, f.lines.lastDay)
}

// TestALedgerOnDiskIsTheOneInMemory, and both are what maps count.
func TestALedgerOnDiskIsTheOneInMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 52))
	for _, rows := range []int{0, 1, 50, 5000} {
		entries := make([]entry, rows)
		ids := make([]uint64, max(rows*2/3, 1))
		for i := range ids {
			ids[i] = r.Uint64()
		}
		for i := range entries {
			id := ids[r.IntN(len(ids))]
			entries[i] = entry{id: id, hash: id ^ uint64(r.IntN(3)+1), amount: float64(r.IntN(3)), day: int32(r.IntN(1000) - 500), row: int32(i*2 + 2), money: money(r.IntN(3)), dated: r.IntN(5) > 0, lost: r.IntN(50) == 0}
			if r.IntN(20) == 0 {
				entries[i].kind = isTotal
			}
			if r.IntN(20) == 0 {
				entries[i].shift = canRealign
			}
		}
		for _, most := range []int{mostInMemory, 40, 0} {
			l := ledger{most: most}
			for i := range entries {
				l.add(&entries[i])
			}
			for _, c := range []choice{{}, {count: true}, {realign: true}, {true, true}} {
				f, err := l.figures(c)
				require.NoError(t, err)
				require.Equal(t, plainFigures(entries, c), figuresText(f), "%d rows, %d in memory, %v", rows, most, c)
			}
			require.Equal(t, most < rows, l.disk != nil)
			l.close()
		}
	}
}

// TestEntriesOnDiskAreWhole: the first and the last day that there are, and the last row of a large file.
func TestEntriesOnDiskAreWhole(t *testing.T) {
	entries := []entry{
		{id: 1, hash: 2, amount: -3.5, day: -719162, row: 2, kind: isEnd, shift: canNotRealign, money: unread, dated: true, lost: true},
		{id: 1 << 63, hash: 5, amount: 1e300, day: 2932896, row: 1<<31 - 1, money: priced},
	}
	l := ledger{}
	defer l.close()
	for i := range entries {
		l.add(&entries[i])
	}
	require.NotNil(t, l.disk)
	var got []entry
	require.NoError(t, l.each(func(e *entry, _ bool) { got = append(got, *e) }))
	require.Equal(t, entries, got)
}
