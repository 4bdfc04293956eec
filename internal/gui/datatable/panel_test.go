package datatable

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/dataset"
)

func TestMain(m *testing.M) {
	if err := words.Load(assets.Translations, "en"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// bench is a panel in a window whose goroutine is the test's.
type bench struct {
	t      *testing.T
	p      *Panel
	q      chan func()
	app    fyne.App
	copied string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(style.New())
	b := &bench{t: t, q: make(chan func(), 1000), app: app}
	b.open()
	return b
}

// open makes the panel as a start of the program does.
func (b *bench) open() {
	w := b.app.NewWindow("")
	runner := tasks.NewRunner(b.t.Context(), func(f func()) { b.q <- f })
	b.p = New(&shell.Shell{
		Window: w, Runner: runner, Dialogs: dialogs.NewHost(w), Now: time.Now, Prefs: b.app.Preferences(),
		Error: func(err error) string { return err.Error() }, Copy: func(s lettering.Copied) { b.copied = string(s) },
	}, "table")
	w.SetPadded(false)
	w.SetContent(b.p.Content)
	w.Resize(fyne.NewSize(800, 500))
	w.Show()
	b.t.Cleanup(func() {
		runner.Stop()
		for len(b.q) > 0 {
			<-b.q
		}
	})
}

// until lets the window's goroutine work until something is so.
func (b *bench) until(what string, ok func() bool) {
	b.t.Helper()
	deadline := time.After(time.Minute)
	for !ok() {
		select {
		case f := <-b.q:
			f()
		case <-time.After(10 * time.Millisecond): // what is waited for need not come through the queue
		case <-deadline:
			b.t.Fatalf("waited for: %s; the table shows %v", what, b.texts())
		}
	}
}

func (b *bench) texts() []string {
	var out []string
	from, to := b.p.grid.inSight()
	for row := from; row < to; row++ {
		out = append(out, b.p.cell(row, 0).text)
	}
	return out
}

func (b *bench) first(text string) {
	b.t.Helper()
	b.until("the first row "+text, func() bool { return b.p.cell(b.p.grid.top, 0).text == text })
}

// header clicks a column's header.
func (b *bench) header(i int) {
	x := float32(0)
	for _, c := range b.p.grid.columns[:i] {
		x += c.width
	}
	b.p.grid.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x+20, 10)})
}

func TestOnlyWhatIsSeenIsRead(t *testing.T) {
	b := newBench(t)
	m := &made{rows: 1_000_000}
	b.p.Show(m)
	b.first("O-0000000")
	b.p.grid.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	b.until("the last row", func() bool { return b.p.cell(999_999, 0).text == "O-0999999" })
	b.p.grid.Dragged(&fyne.DragEvent{}) // nothing was pressed
	b.p.grid.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: fyne.PointEvent{Position: fyne.NewPos(b.p.grid.Size().Width-3, headerHeight()+b.p.grid.body().Height/2)}})
	b.until("a row in the middle", func() bool {
		c := b.p.cell(b.p.grid.top, 0)
		return c.known && c.text > "O-0490000" && c.text < "O-0510000"
	})
	for _, n := range m.read {
		require.LessOrEqual(t, n, 2*pageRows)
	}
	require.LessOrEqual(t, len(b.p.cache.pages), keepPages)
	require.Less(t, len(b.p.grid.r.texts), 200, "only cells in sight are drawn")
	require.Contains(t, b.p.status.Text(), "1,000,000 rows")
}

func TestAHeaderSortsUpwardsDownwardsAndNotAtAll(t *testing.T) {
	b := newBench(t)
	m := &made{rows: 1000}
	b.p.Show(m)
	b.first("O-0000000")
	b.header(0)
	b.until("sorting", func() bool { return b.p.grid.columns[0].sorted == 1 })
	b.header(0)
	b.first("O-0000999")
	require.Equal(t, -1, b.p.grid.columns[0].sorted)
	b.header(0)
	b.first("O-0000000")
	require.Zero(t, b.p.grid.columns[0].sorted)
	b.header(3)
	b.until("the other column", func() bool { return b.p.grid.columns[3].sorted == 1 && b.p.grid.columns[0].sorted == 0 })
}

func TestALateAnswerIsDropped(t *testing.T) {
	b := newBench(t)
	m := &made{rows: 1000, hold: make(chan struct{})}
	b.p.Show(m)
	b.first("O-0000000")
	b.p.search.SetText("w")
	b.until("the search", func() bool { return m.asked() == 2 })
	b.p.search.SetText("")
	b.header(0)
	b.header(0)
	b.first("O-0000999")
	close(m.hold)
	late := <-b.q
	late()
	require.Equal(t, "O-0000999", b.p.cell(0, 0).text)
}

func TestLettersTypedInARowAskOnce(t *testing.T) {
	b := newBench(t)
	m := &made{rows: 1000}
	b.p.Show(m)
	b.first("O-0000000")
	for _, text := range []string{"w", "we", "web"} {
		b.p.search.SetText(text)
	}
	b.until("the answer", func() bool { return !b.p.asking.Busy() })
	require.Equal(t, "web", m.asks[len(m.asks)-1].Search)
	require.Equal(t, 2, m.asked(), "all rows, and the last text")
}

func TestFiltersAreShownAndTakenAway(t *testing.T) {
	b := newBench(t)
	b.p.Show(&made{rows: 1000})
	b.first("O-0000000")
	b.p.only(2, 1)
	b.first("O-0000001")
	require.Contains(t, b.p.status.Text(), "of 333 rows · out of 1,000 rows")
	chip := b.p.chips.Objects[0].(*controls.Touch)
	require.Equal(t, "channel: Store", chip.ProbeText())
	chip.Tapped(nil)
	b.first("O-0000000")
	require.Empty(t, b.p.chips.Objects)
}

func TestColumnsAndWidthsAreRemembered(t *testing.T) {
	b := newBench(t)
	b.p.Show(&made{rows: 10})
	b.first("O-0000000")
	g := b.p.grid
	was := g.columns[0].width
	g.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: fyne.PointEvent{Position: fyne.NewPos(was, 5)}})
	g.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(was+55, 5)}})
	g.DragEnd()
	require.InDelta(t, was+55, g.columns[0].width, 0.5)
	b.p.hide("channel", true)
	require.Len(t, g.columns, 3)
	require.Equal(t, "1,000.50", b.p.cell(0, 2).text, "numbers are grouped")

	b.open()
	b.p.Show(&made{rows: 10})
	b.first("O-0000000")
	require.Len(t, b.p.grid.columns, 3)
	require.InDelta(t, was+55, b.p.grid.columns[0].width, 1)
	for _, c := range []string{"order_id", "order_date", "revenue"} {
		b.p.hide(c, true)
	}
	require.Len(t, b.p.grid.columns, 1, "one column stays")
}

func TestChosenRowsAreCopiedAsTSV(t *testing.T) {
	b := newBench(t)
	b.p.Show(&made{rows: 100})
	b.first("O-0000000")
	g := b.p.grid
	at := func(row int, m fyne.KeyModifier) {
		g.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, Modifier: m, PointEvent: fyne.PointEvent{Position: fyne.NewPos(30, headerHeight()+float32(row)*style.Row+5)}})
	}
	at(2, 0)
	at(3, fyne.KeyModifierShift)
	b.p.hide("order_date", true)
	g.TypedShortcut(&fyne.ShortcutCopy{})
	b.until("the copy", func() bool { return b.copied != "" })
	require.Equal(t, "order_id\tchannel\trevenue\nO-0000002\tPhone\t1002.50\nO-0000003\tWeb\t1003.50\n", b.copied)
	require.Contains(t, b.p.status.Text(), "2 rows copied")
	g.TypedShortcut(&fyne.ShortcutSelectAll{})
	require.Contains(t, b.p.status.Text(), "100 rows chosen")
}

func TestThePreviewGivesWayToTheTable(t *testing.T) {
	b := newBench(t)
	b.p.Preview(Few{Names: []string{"order_id", "revenue"}, Cells: [][]string{{"O-1", "1234.5"}}}, 50_000)
	require.Equal(t, "O-1", b.p.cell(0, 0).text)
	require.Contains(t, b.p.status.Text(), "The first 1 of 50,000 rows")
	first, second := &made{rows: 5}, &made{rows: 7}
	b.p.Show(first)
	b.first("O-0000000")
	b.p.Preview(Few{Names: []string{"order_id"}}, 50_000)
	require.Equal(t, "O-0000000", b.p.cell(0, 0).text, "a preview does not replace the whole")
	b.p.Show(second)
	b.until("the next table", func() bool { return b.p.grid.rows == 7 })
	b.until("the first is closed", func() bool {
		first.mu.Lock()
		defer first.mu.Unlock()
		return first.shut
	})
}

func TestFiltersInWords(t *testing.T) {
	v := 1234.5
	day := time.Date(2025, 1, 31, 0, 0, 0, 0, time.UTC)
	c := dataset.Column{Name: "x"}
	for want, f := range map[string]dataset.Filter{
		"x ≥ 1234.5":      {Op: dataset.InRange, Min: &v},
		"x ≤ 31 Jan 2025": {Op: dataset.Between, To: day},
		"x: a, b":         {Op: dataset.OneOf, Texts: []string{"a", "b"}},
		"x: 4 values":     {Op: dataset.OneOf, Texts: []string{"a", "b", "c", "d"}},
		"x contains “we”": {Op: dataset.Contains, Text: "we"},
		"x is empty":      {Op: dataset.IsEmpty},
		"x: 31 Jan 2025":  {Op: dataset.Between, From: day, To: day},
	} {
		require.Equal(t, want, Sentence(f, c))
	}
	require.Nil(t, number("abc"))
	require.InDelta(t, 1234.5, *number(" 1,234.5 "), 0)
}

// wideRows has ids that differ at their ends only, and texts whose letters are wide or narrow.
type wideRows struct{ made }

func (w *wideRows) Columns() []dataset.Column {
	return []dataset.Column{{Name: "order_id"}, {Name: "name"}, {Name: "revenue", Kind: dataset.Decimal}, {Name: "note"}}
}

func (w *wideRows) TSV(context.Context, int, int, []int, bool) (string, error) { return "", nil }

func (w *wideRows) Window(ctx context.Context, from, n int, columns []int) (dataset.Rows, error) {
	return w.Shown(ctx, from, n, columns)
}

func (w *wideRows) Look(context.Context, dataset.Query, dataset.Progress) (View, error) {
	return w, nil
}

func (w *wideRows) Shown(_ context.Context, from, n int, _ []int) (dataset.Rows, error) {
	out := dataset.Rows{From: from}
	for i := from; i < min(from+n, w.rows); i++ {
		name := "iiiiiiiiiiiiiiii" // of more letters than the wide one
		if i == 7 {
			name = "WWWWWWWWWWWWWW"
		}
		note := strings.Repeat("a long note ", 6)
		if i == 150 {
			note = strings.Repeat("m", 2000)
		}
		out.Cells = append(out.Cells, []dataset.Cell{{Text: fmt.Sprintf("SO-2025-%09d", i)}, {Text: name}, {Text: "1234567890.25"}, {Text: note}})
	}
	return out, nil
}

// A column is as wide as what stands in it asks for, from the first sight of it.
func TestRowsCanBeToldApart(t *testing.T) {
	b := newBench(t)
	b.p.Show(&wideRows{made{rows: 1000}})
	b.first("SO-2025-000000000")
	g := b.p.grid
	for cell := range g.r.cut {
		require.Equal(t, 3, cell[1], "only the long note may be cut: %v", g.r.cut)
	}
	require.NotEmpty(t, g.r.cut)
	require.LessOrEqual(t, g.columns[3].width, usualMost)

	grid := NewGrid("grid", nil)
	grid.Set(Data{Columns: []string{"id", "name"}, Rows: [][]string{{"SO-2025-000000001", "iiiiiiiiiiiiiiii"}, {"SO-2025-000000002", "WWWWWWWWWWWWWW"}}})
	grid.Resize(fyne.NewSize(800, 300))
	require.GreaterOrEqual(t, grid.grid.columns[1].width, cellFace.Width("WWWWWWWWWWWWWW")+2*style.Small)
	grid.grid.columns[0].width = 50
	b.twice(grid.grid, 0)
	require.GreaterOrEqual(t, grid.grid.columns[0].width, cellFace.Width("SO-2025-000000001")+2*style.Small)
}

// twice presses the edge of a column two times.
func (b *bench) twice(g *surface, col int) {
	var x float32
	for _, c := range g.columns[:col+1] {
		x += c.width
	}
	at := fyne.PointEvent{Position: fyne.NewPos(x-g.left, 5)}
	for range 2 {
		g.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: at})
		g.Tapped(&at)
	}
}

func TestOneColumnIsRememberedAndADoubleClickFits(t *testing.T) {
	b := newBench(t)
	b.app.Preferences().SetString("table.widths", "order_id=64\nname=64") // as versions of before have kept all
	b.p.Show(&wideRows{made{rows: 1000}})
	b.first("SO-2025-000000000")
	g := b.p.grid
	fitted := g.columns[0].width
	require.Greater(t, fitted, float32(100))
	name := g.columns[1].width
	g.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: fyne.PointEvent{Position: fyne.NewPos(fitted, 5)}})
	g.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(50, 5)}})
	g.DragEnd()
	require.Equal(t, "order_id=50", b.app.Preferences().String("table.columnwidths"), "only what was moved")

	b.twice(g, 0)
	require.InDelta(t, fitted, g.columns[0].width, 0.5)
	require.Empty(t, b.app.Preferences().String("table.columnwidths"), "it is as wide as it would be by itself")
	require.InDelta(t, name, g.columns[1].width, 0.5)

	b.twice(g, 3)
	require.Greater(t, g.columns[3].width, usualMost)
	require.LessOrEqual(t, g.columns[3].width, mostWidth)
	require.Contains(t, b.app.Preferences().String("table.columnwidths"), "note=")

	at := fyne.PointEvent{Position: fyne.NewPos(g.columns[0].width, 5)}
	was := g.columns[0].width
	g.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: at})
	g.DragEnd() // a press alone gives no width
	require.InDelta(t, was, g.columns[0].width, 0.1)
	require.NotContains(t, b.app.Preferences().String("table.columnwidths"), "order_id")
}
