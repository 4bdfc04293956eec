package datatable

import (
	"context"
	"errors"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/results/dataset"
)

// farTable is rows elsewhere, which come when they are let.
type farTable struct {
	*made
	let chan error // what reading rows ends with; closed for always at once
}

func (farTable) Away() int64    { return 400_000_000 }
func (farTable) Fetched() int64 { return 0 }

func (f farTable) Look(ctx context.Context, q dataset.Query, p dataset.Progress) (View, error) {
	v, err := f.made.Look(ctx, q, p)
	return farView{v.(*madeView), f.let}, err
}

type farView struct {
	*madeView
	let chan error
}

func (v farView) Shown(ctx context.Context, from, n int, columns []int) (dataset.Rows, error) {
	if from > 0 {
		select {
		case err := <-v.let:
			if err != nil {
				return dataset.Rows{}, err
			}
		case <-ctx.Done():
			return dataset.Rows{}, ctx.Err()
		}
	}
	return v.madeView.Shown(ctx, from, n, columns)
}

// TestRowsElsewhereAreWaitedForBesideTheWindow: cells show that they come, rows that were scrolled past are never asked for, and a failure is
// said until the next rows are there.
func TestRowsElsewhereAreWaitedForBesideTheWindow(t *testing.T) {
	b := newBench(t)
	far := farTable{&made{rows: 1_000_000}, make(chan error, 1)}
	b.p.Show(far)
	b.first("O-0000000")
	for range 20 { // what each page of keys shows is scrolled past by the next
		b.p.grid.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
		for len(b.q) > 0 {
			(<-b.q)()
		}
	}
	b.p.grid.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	require.False(t, b.p.cell(999_999, 0).known, "it is waited for, and the window goes on")
	far.let <- errors.New("no network")
	b.until("the failure", func() bool { return b.p.state.Text() == "no network" })
	require.False(t, b.p.cell(999_999, 0).known)
	b.p.grid.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	b.first("O-0000000")
	b.p.grid.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	far.let <- nil
	b.until("the last row", func() bool { return b.p.cell(999_999, 0).text == "O-0999999" })
	require.Empty(t, b.p.state.Text())
	far.made.mu.Lock()
	defer far.made.mu.Unlock()
	require.Len(t, far.read, 2, "the first rows and the last ones")
}

// TestAColumnElsewhereIsNotSortedBeforeItIs: neither the header nor a chip says what is not so.
func TestAColumnElsewhereIsNotSortedBeforeItIs(t *testing.T) {
	b := newBench(t)
	far := farTable{&made{rows: 1000}, make(chan error)}
	close(far.let)
	here, fetched := &made{rows: 1000}, 0
	b.p.Fetching(func() { fetched++ })
	b.p.Show(far)
	b.first("O-0000000")
	b.header(0)
	b.header(0)
	require.Contains(t, b.p.distant.question.Text(), "Sorting needs the whole file (400.0 MB)")
	require.Zero(t, b.p.grid.columns[0].sorted)
	b.p.only(2, 0)
	require.Contains(t, b.p.distant.question.Text(), "Filtering needs the whole file (400.0 MB)")
	require.Empty(t, b.p.chips.Objects)
	require.Empty(t, b.p.Filters())
	require.False(t, b.p.Here())
	require.Equal(t, 1, far.asked(), "nothing else was asked of it")
	b.p.giveUp()
	require.Empty(t, b.p.distant.question.Text())
	b.header(0)
	b.header(0)
	require.Zero(t, fetched)
	b.p.distant.fetch()
	b.p.Going("Fetching", func() {})
	b.p.query.Search = "O-00"
	b.p.ask(0)
	require.Empty(t, b.p.distant.question.Text(), "it is on its way")
	b.p.query.Search = ""
	b.p.Show(here)
	b.first("O-0000999")
	require.Equal(t, -1, b.p.grid.columns[0].sorted)
	require.Equal(t, 1, fetched)
	require.False(t, b.p.distant.going.Visible())
	require.True(t, b.p.Here())
}

// TestCopyingRowsElsewhereSaysWhatItReads, and reads no more than these.
func TestCopyingRowsElsewhereSaysWhatItReads(t *testing.T) {
	b := newBench(t)
	far := farTable{&made{rows: 1000}, make(chan error)}
	close(far.let)
	b.p.Show(far)
	b.first("O-0000000")
	b.p.grid.chosen = span{0, 9}
	b.p.copyChosen()
	require.Equal(t, "Reading 10 rows in the lakehouse to copy them, about 4.0 MB", b.p.status.Text())
	b.until("the copy", func() bool { return len(b.copied) > 0 })
	require.Contains(t, b.copied, "O-0000009")
	require.NotContains(t, b.copied, "O-0000010")
}

// narrowTable is rows elsewhere of which only the columns come that are asked for.
type narrowTable struct {
	*made
	asked chan []int
}

func (narrowTable) Away() int64    { return 400_000_000 }
func (narrowTable) Fetched() int64 { return 0 }

func (n narrowTable) Look(ctx context.Context, q dataset.Query, p dataset.Progress) (View, error) {
	v, err := n.made.Look(ctx, q, p)
	return narrowView{v.(*madeView), n.asked}, err
}

type narrowView struct {
	*madeView
	asked chan []int
}

func (v narrowView) Shown(ctx context.Context, from, n int, columns []int) (dataset.Rows, error) {
	v.asked <- columns
	rows, err := v.madeView.Shown(ctx, from, n, nil)
	if columns == nil {
		return rows, err
	}
	rows.Columns = columns
	for at, all := range rows.Cells {
		rows.Cells[at] = nil
		for _, c := range columns {
			rows.Cells[at] = append(rows.Cells[at], all[c])
		}
	}
	return rows, err
}

// TestHiddenColumnsElsewhereAreNotRead, until they are shown: then they come, and are as wide as they ask for.
func TestHiddenColumnsElsewhereAreNotRead(t *testing.T) {
	b := newBench(t)
	far := narrowTable{&made{rows: 1000}, make(chan []int, 10)}
	names := far.made.Columns()
	b.p.hidden[names[1].Name] = true
	b.p.Show(far)
	b.first("O-0000000")
	require.Equal(t, []int{0, 2, 3}, <-far.asked)
	require.Equal(t, "1,000.50", b.p.cell(0, 2).text, "each stands in its column")

	b.p.hide(names[1].Name, false)
	require.False(t, b.p.cell(0, 1).known, "it is waited for")
	b.until("the column", func() bool { return b.p.cell(0, 1).text == "2025-01-31" && !b.p.distant.widens })
	require.Nil(t, <-far.asked)
	require.InDelta(t, b.p.width(1, names[1]), b.p.grid.columns[1].width, 0.01)
	require.Greater(t, b.p.grid.columns[1].width, fitting(names[1].Name, nil, usualMost)-0.01)

	b.p.hide(names[2].Name, true)
	require.Equal(t, "1,000.50", b.p.cell(0, 2).text, "what is here is not read again")
	require.Empty(t, far.asked)
	here := &made{rows: 1000}
	b.p.Show(here)
	b.until("all of the rows that are here", func() bool { return b.p.table == Table(here) && b.p.Here() })
}
