package gui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract/contracttest"
	"fabricportal/internal/gui/archive"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

// showPublished is the archive with a run that is published again by a restore, one that was restored before, and notes.
func showPublished(b *bench) {
	showArchive(b)
	a, _ := b.archive.Latest()
	list := append([]runs.Run(nil), a.Runs...)
	for _, at := range []int{0, 4} { // both restore the fourth of the list
		list[at].InputFile = list[3].InputFile
		list[at].FinishedAt = new(list[at].StartedAt.Add(21 * time.Second))
	}
	list[8].InputFile = "sales_orders_fact.xlsx"
	for i := range list {
		list[i].Until = []string{"2026-10-31", "2026-09-30", "2026-10-31", "2026-10-31", "2026-08-31", "2026-09-26"}[i%6]
		if list[i].KPIs != nil {
			k := *kpis()
			k.TotalRevenue *= []float64{1, 1.1, 1, 1, 1, 0.7, 1, 0.92, 0.9, 0.85}[i%10]
			list[i].KPIs, _ = json.Marshal(contracttest.WholeKPIs(k))
		}
	}
	elsewhere := uuid.NewSHA1(uuid.Nil, []byte("elsewhere"))
	beside := runs.Beside{
		Sources: map[uuid.UUID]uuid.UUID{list[0].ID: list[3].ID, list[4].ID: list[3].ID, list[8].ID: elsewhere},
		Others:  map[uuid.UUID]runs.Run{elsewhere: {ID: elsewhere, CreatedAt: now.AddDate(0, -3, 0), InputFile: "sales_august.xlsx", TriggeredBy: "dora", Status: runs.Succeeded}},
		Notes: map[uuid.UUID]runs.Notes{
			list[1].ID: {Rows: []runs.Note{{ID: archived(60), RunID: list[1].ID, Time: now.Add(-20 * time.Hour), By: "cleo", Text: "Store 14 is missing: Tom sends it again on Monday"}}},
			list[3].ID: {Rows: []runs.Note{
				{ID: archived(61), RunID: list[3].ID, Time: now.Add(-50 * time.Hour), By: "ben", Text: "Finance has checked the totals against the ledger"},
				{ID: archived(62), RunID: list[3].ID, Time: now.Add(-2 * time.Hour), By: "ana", Text: "Published again for the board, until November is whole"},
			}},
		},
	}
	b.a.mu.Lock()
	detail := b.a.detail
	b.a.detail = func(id uuid.UUID) (Detail, error) {
		d, err := detail(id)
		for _, n := range beside.Notes[id].Rows {
			d.Events.Rows = append(d.Events.Rows, noteEvent(n))
		}
		return d, err
	}
	b.a.mu.Unlock()
	b.a.beside = beside
	b.archive.Publish(feeds.Archive{Loaded: true, More: true, Runs: list, Beside: beside, Published: feeds.Published{Known: true, Run: list[3].ID, By: list[0].ID, At: now.Add(-3 * time.Hour)}})
	b.drain()
	b.click("archive.published")
	b.drain()
}

func (a *actions) Beside(context.Context, []runs.Run) (runs.Beside, error) { return a.beside, nil }

func (a *actions) Note(_ context.Context, run, draft uuid.UUID, text string) (runs.Note, error) {
	a.note(fmt.Sprintf("note on %s: %s", run, text))
	a.mu.Lock()
	a.drafts = append(a.drafts, draft)
	kept := a.kept
	a.mu.Unlock()
	if kept == nil {
		return runs.Note{}, errors.New("not expected in this test")
	}
	return kept(run, text)
}

func (a *actions) RestorePreview(_ context.Context, id uuid.UUID) (comparison.Preview, error) {
	a.note("preview " + id.String())
	return a.preview, nil
}

func (a *actions) FindRuns(_ context.Context, f archive.Filter, limit int) ([]runs.Run, bool, error) {
	a.note(fmt.Sprintf("find %v %s %q %d", f.Mine, f.Status, f.Text, limit))
	return a.find(f, limit)
}

func (a *actions) Compare(_ context.Context, before, after uuid.UUID) (comparison.Comparison, error) {
	a.note("compare " + before.String() + " " + after.String())
	return a.compare, nil
}

// noteEvent is a note as an event keeps it.
func noteEvent(n runs.Note) runs.Event {
	return runs.Event{ID: n.ID, RunID: n.RunID, Time: n.Time, Type: runs.Log, Message: `portal:v1 {"ev":"note","text":"Note by ` + n.By + `: ` + n.Text + `","by":"` + n.By + `","note":"` + n.Text + `"}`}
}

// rowsOf are the texts of the table's rows.
func (b *bench) rowsOf() (out []string) {
	for _, c := range b.look().Controls {
		if _, err := strconv.Atoi(strings.TrimPrefix(c.Name, "archive.run.")); err == nil && c.Visible {
			out = append(out, c.Text)
		}
	}
	return out
}

func TestTheArchiveMarksWhatIsPublished(t *testing.T) {
	b := newBench(t)
	showPublished(b)
	v := b.untilSays("This run is published now (restored today 14:05 by ana), so there is nothing to restore.")
	require.True(t, says(v, "Published: sales_november.xlsx, 20 Nov"))
	require.False(t, b.control("archive.restore").Enabled)
	rows := b.rowsOf()
	published := 0
	for i, r := range rows {
		if strings.Contains(r, "Published") {
			published++
			require.Contains(t, rows[i+1], "Restored", "its restores stand below it")
			require.Contains(t, rows[i+2], "Restored")
			require.Contains(t, r, "ana: Published again for the board")
			require.Contains(t, r, "(+1)")
		}
	}
	require.Equal(t, 1, published, "not the newest that succeeded: %q", rows)
	require.Contains(t, strings.Join(rows, "\n"), "restore of sales_august.xlsx, 23 Aug")

	// Nor is a restore restored: it has no outputs of its own.
	for i, r := range rows {
		if strings.Contains(r, "restore of sales_august.xlsx") {
			b.click("archive.run." + string(rune('0'+i)))
		}
	}
	b.untilSays("This is a restore. To publish the same again, restore its run: sales_august.xlsx, 23 Aug")
	b.click("archive.trend")
	b.untilSays("large point: published")
	v = b.untilSays("hollow: its last month is not over")
	require.True(t, says(v, "over 5 runs"), "restores are none of them: %q", v.Texts)

	// While it can't be read, that is said, and what was read last stays marked but keeps nobody from restoring.
	a, _ := b.archive.Latest()
	a.Published.Sentence = "The lakehouse does not answer."
	b.archive.Publish(a)
	b.untilSays("Which run is published can't be read now. The mark shows what was read last. The lakehouse does not answer.")
	b.click("archive.published")
	b.until("restore", func(probe.View) bool { return b.control("archive.restore").Enabled })
	a.Published = feeds.Published{Sentence: "The lakehouse does not answer."}
	b.archive.Publish(a)
	b.untilSays("so that none is marked")
	for _, r := range b.rowsOf() {
		require.NotContains(t, r, "Published")
	}
}

// The published run may be older than those that are listed, or one that the database does not have.
func TestThePublishedRunIsReachedFromTheArchive(t *testing.T) {
	b := newBench(t)
	b.free()
	old := runOf("dora", runs.Succeeded)
	old.ID, old.InputFile = archived(77), "sales_2019.xlsx"
	b.archive.Publish(feeds.Archive{Loaded: true, Runs: []runs.Run{runOf("ana", runs.Succeeded)}, Published: feeds.Published{Known: true, Run: old.ID, By: old.ID, At: now}})
	b.click("tab.archive")
	b.untilSays("Published: run ")
	b.click("archive.published")
	b.untilSays("The published run can't be shown")
	b.clickDialog("dialog.close")
	b.a.mu.Lock()
	b.a.detail = func(uuid.UUID) (Detail, error) { return Detail{Run: old}, nil }
	b.a.mu.Unlock()
	b.click("archive.published")
	b.untilSays("sales_2019.xlsx")
	b.untilSays("This run is published now (since today 14:05)")
}

func TestANoteIsWrittenForColleagues(t *testing.T) {
	b := newBench(t)
	showPublished(b)
	b.untilSays("Finance has checked the totals against the ledger")
	b.a.mu.Lock()
	b.a.kept = func(uuid.UUID, string) (runs.Note, error) {
		return runs.Note{}, errors.New("the database does not answer: check the network")
	}
	b.a.mu.Unlock()
	b.click("archive.note")
	b.untilSays("0 of 500 characters")
	write := func(text string) {
		b.named("archive.note.text").(*controls.Entry).SetText(text)
	}
	write("Ledger is right")
	b.untilSays("15 of 500 characters")
	b.clickDialog("dialog.confirm")
	b.untilSays("The note is not kept yet. The database does not answer: check the network.")
	require.Equal(t, "Ledger is right", b.named("archive.note.text").(*controls.Entry).Text, "what was typed is not lost")
	b.clickDialog("dialog.cancel")
	b.click("archive.note")
	require.Equal(t, "Ledger is right", b.named("archive.note.text").(*controls.Entry).Text, "nor when the dialog was closed")
	write(strings.Repeat("x", 501))
	b.untilSays("501 of 500 characters: shorten it")
	write("Ledger is right")
	b.a.mu.Lock()
	b.a.kept = func(run uuid.UUID, text string) (runs.Note, error) {
		return runs.Note{ID: archived(63), RunID: run, By: "ana", Text: text}, nil
	}
	b.a.mu.Unlock()
	b.named("archive.note.text").(*controls.Entry).TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.until("the note", func(probe.View) bool {
		return b.a.was("note on "+archived(3).String()+": Ledger is right") && b.a.was("refresh")
	})
	b.click("archive.note")
	require.Empty(t, b.named("archive.note.text").(*controls.Entry).Text, "it is kept")
	b.clickDialog("dialog.cancel")
}

// A note that is tried again is the same one: it is there once where only the answer was lost.
// TestTheKeysStayInSightAfterANote: the notes move above the facts when the first one is written, and what had the keys moves with them.
func TestTheKeysStayInSightAfterANote(t *testing.T) {
	b := newBench(t)
	b.size = fyne.NewSize(1024, 480)
	showArchive(b)
	list, detail := []runs.Event(nil), b.a.detail
	b.a.detail = func(id uuid.UUID) (Detail, error) {
		d, err := detail(id)
		b.a.mu.Lock()
		defer b.a.mu.Unlock()
		d.Events.Rows = list
		return d, err
	}
	b.a.kept = func(run uuid.UUID, text string) (runs.Note, error) {
		n := runs.Note{ID: archived(63), RunID: run, By: "ana", Text: text, Time: now}
		b.a.mu.Lock()
		defer b.a.mu.Unlock()
		list = []runs.Event{noteEvent(n)}
		return n, nil
	}
	b.look()
	write := b.named("archive.note").(*controls.Button)
	c := b.w.win.Canvas()
	c.Focus(write)
	require.Equal(t, fyne.Focusable(write), c.Focused())
	write.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	b.named("archive.note.text").(*controls.Entry).SetText("Ledger is right")
	b.named("archive.note.text").(*controls.Entry).TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	c.Focus(write) // as a real window does when what lies above it is closed; the one of tests has one focus for all
	b.untilSays("Ledger is right")
	b.look()
	require.Equal(t, fyne.Focusable(write), c.Focused())
	scroll := b.named("archive.scroll").(*controls.Scroll)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject
	top, bottom := at(scroll).Y, at(scroll).Y+scroll.Size().Height
	require.GreaterOrEqual(t, at(write).Y, top)
	require.LessOrEqual(t, at(write).Y+write.Size().Height, bottom)
}

func TestANoteThatIsTriedAgainIsTheSameOne(t *testing.T) {
	b := newBench(t)
	showPublished(b)
	b.a.kept = func(uuid.UUID, string) (runs.Note, error) { return runs.Note{}, errors.New("no answer") }
	b.click("archive.note")
	b.named("archive.note.text").(*controls.Entry).SetText("once")
	b.clickDialog("dialog.confirm")
	b.untilSays("The note is not kept yet.")
	b.clickDialog("dialog.confirm")
	b.until("the second try", func(probe.View) bool { b.a.mu.Lock(); defer b.a.mu.Unlock(); return len(b.a.drafts) == 2 })
	require.Equal(t, b.a.drafts[0], b.a.drafts[1])
}

func TestFiltersAreSavedByName(t *testing.T) {
	b := newBench(t)
	showArchive(b)
	b.a.find = func(f archive.Filter, limit int) ([]runs.Run, bool, error) {
		return []runs.Run{runOf("ana", runs.Failed)}, false, nil
	}
	b.click("archive.filters")
	b.untilSays("No filter is saved yet.")
	require.False(t, b.control("archive.filters.save").Enabled, "there is nothing to save")
	b.w.shell.Dialogs.CloseCards()
	b.click("archive.mine")
	b.named("archive.text").(*controls.Entry).SetText("sales")
	b.named("archive.from").(*controls.Entry).SetText("2025-11-01")
	save := func(name, says string) {
		b.click("archive.filters")
		b.clickDialog("archive.filters.save")
		b.named("archive.filters.name").(*controls.Entry).SetText(name)
		b.clickDialog("dialog.confirm")
		b.untilSays(says)
	}
	save("  Mine of\nNovember ", "1 run · Mine of November")
	b.click("archive.clear")
	b.untilSays("10 runs")
	b.click("archive.filters")
	b.untilSays("“sales” · from 1 Nov 2025 · Mine")
	b.clickDialog("archive.filters.0")
	b.untilSays("1 run · Mine of November")
	require.Equal(t, "2025-11-01", b.named("archive.from").(*controls.Entry).Text)

	b.named("archive.text").(*controls.Entry).SetText("other")
	save("mine OF november", "There is a filter with the name “mine OF november” already.")
	b.named("archive.filters.name").(*controls.Entry).SetText("")
	b.clickDialog("dialog.confirm")
	b.untilSays("A filter needs a name.")
	b.named("archive.filters.name").(*controls.Entry).SetText("Other")
	b.clickDialog("dialog.confirm")
	b.untilSays("· Other")
	b.click("archive.filters")
	b.clickDialog("archive.filters.1.rename")
	b.named("archive.filters.name").(*controls.Entry).SetText("Another")
	b.named("archive.filters.name").(*controls.Entry).TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.untilSays("· Another")
	kept := fyne.CurrentApp().Preferences().String("archive.filters.Production")
	require.JSONEq(t, `[{"name":"Another","mine":true,"from":"2025-11-01","text":"other"},{"name":"Mine of November","mine":true,"from":"2025-11-01","text":"sales"}]`, kept)
	b.click("archive.filters")
	b.clickDialog("archive.filters.0.delete")
	b.untilSays("Delete the filter “Another”?")
	b.clickDialog("dialog.confirm")
	b.until("one filter", func(probe.View) bool {
		return !strings.Contains(fyne.CurrentApp().Preferences().String("archive.filters.Production"), "Another")
	})
}

// Whatever stands in the preferences, the filters are what they may be, and those of another connection are not shown.
func TestSavedFiltersAreReadWithinLimits(t *testing.T) {
	for _, kept := range []string{
		"", "{", `[{"name":""},{"name":"x"}]`, `[{"name":"x","status":"strange"}]`, `[{"name":"x","from":"31.31.2025"}]`, `null`,
		`[` + strings.TrimSuffix(strings.Repeat(`{"name":"x","mine":true},`, 9000), ",") + `]`,
	} {
		b := newBenchWith(t, func(*Options) { fyne.CurrentApp().Preferences().SetString("archive.filters.Production", kept) })
		showArchive(b)
		b.click("archive.filters")
		b.untilSays("No filter is saved yet.")
	}
	b := newBenchWith(t, func(*Options) {
		p := fyne.CurrentApp().Preferences()
		p.SetString("archive.filters.Test", `[{"name":"of Test","mine":true}]`)
		var many []string
		for i := range 30 {
			many = append(many, `{"name":"filter `+strings.Repeat("i", i)+`","mine":true,"text":"`+strings.Repeat("t", i)+`"}`)
		}
		p.SetString("archive.filters.Production", "["+strings.Join(many, ",")+"]")
	})
	showArchive(b)
	b.click("archive.filters")
	v := b.untilSays("filter")
	require.False(t, says(v, "of Test"))
	require.False(t, says(v, "filter "+strings.Repeat("i", 20)), "twenty")
}

// What a filter finds and the restores of it stand together, though the filter would not find those.
func TestAFilterKeepsRestoresWithTheirRun(t *testing.T) {
	b := newBench(t)
	b.free()
	mine, restore := runOf("ana", runs.Succeeded), runOf("ben", runs.Succeeded)
	restore.CreatedAt = mine.CreatedAt.Add(time.Minute)
	b.a.find = func(archive.Filter, int) ([]runs.Run, bool, error) { return []runs.Run{mine}, false, nil }
	b.a.beside = runs.Beside{Sources: map[uuid.UUID]uuid.UUID{restore.ID: mine.ID}, Others: map[uuid.UUID]runs.Run{restore.ID: restore}}
	b.archive.Publish(feeds.Archive{Loaded: true, Runs: []runs.Run{restore, mine}, Beside: runs.Beside{Sources: b.a.beside.Sources}})
	b.click("tab.archive")
	b.untilSays("2 runs")
	b.click("archive.mine")
	b.untilSays("1 run and 1 restore of them")
	rows := b.rowsOf()
	require.Len(t, rows, 2)
	require.Contains(t, rows[1], "ben")
	b.named("archive.from").(*controls.Entry).SetText("2025-11-02")
	b.named("archive.to").(*controls.Entry).SetText("2025-11-01")
	b.untilSays("2 Nov 2025 is after 1 Nov 2025, so that no run can match.")
}

// Rows that name each other as their sources, which anybody who can write events could make, take no run out of the list.
func TestNoRunIsLostAmongRestores(t *testing.T) {
	b := newBench(t)
	b.free()
	one, two, self := runOf("ana", runs.Succeeded), runOf("ben", runs.Succeeded), runOf("cleo", runs.Succeeded)
	b.archive.Publish(feeds.Archive{Loaded: true, Runs: []runs.Run{one, two, self}, Beside: runs.Beside{Sources: map[uuid.UUID]uuid.UUID{one.ID: two.ID, two.ID: one.ID, self.ID: self.ID}}})
	b.click("tab.archive")
	b.untilSays("3 runs")
	require.Len(t, b.rowsOf(), 3)
}

func comparedColumns() []comparison.ColumnChange {
	column := func(name, kind string, before, after float64, state comparison.State, drifted ...drift.Kind) comparison.ColumnChange {
		return comparison.ColumnChange{Name: name, State: state, TypeBefore: kind, TypeAfter: kind, EmptyBefore: &before, EmptyAfter: &after, Drifted: drifted}
	}
	return []comparison.ColumnChange{
		column("revenue", "decimal", 0.01, 0.12, comparison.Changed, drift.NullShare, drift.MeanMoved), column("quantity", "integer", 0, 0, comparison.Changed, drift.RangeMoved),
		{Name: "discount", State: comparison.Added, TypeAfter: "decimal", EmptyAfter: new(0.4)}, column("order_id", "text", 0, 0, comparison.Same), column("region", "text", 0.002, 0.002, comparison.Same),
	}
}

// A column of which more is empty is not the same, and says how much.
func TestAComparisonSaysHowEmptyAColumnIs(t *testing.T) {
	b := newBench(t)
	showArchive(b)
	b.a.compare.Schema.Columns = comparedColumns()
	b.click("archive.actions")
	b.clickDialog("archive.compare")
	b.untilSays("+4.3 %")
	b.clickDialog("compare.columns")
	b.w.win.Canvas().Capture() // the table is drawn when it comes into sight
	v := b.untilSays("decimal · 12.0 % empty")
	require.True(t, says(v, "decimal · 1.0 % empty") && says(v, "empty cells, mean") && says(v, "range") && says(v, "same"), "%q", v.Texts)
}
