package gui

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/desktop/shapes"
	analyzing "fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/runs"
)

// german is a German export: headers, amounts and dates are written so, its amounts are whole euros grouped by points, and one is a note.
func german() string {
	var b strings.Builder
	b.WriteString("Bestellnr;Datum;Umsatz;Kanal;Region;Menge\n")
	for i := range 200 {
		fmt.Fprintf(&b, "B-%04d;%02d.%02d.2025;%d.%03d;%s;%s;%d\n", i+1, 1+i%28, 1+i%12, 1+i%3, (i*37)%1000, []string{"Web", "Laden"}[i%2], []string{"Nord", "Süd", "West"}[i%3], 1+i%4)
	}
	b.WriteString("B-0201;31.12.2025;etwa 350;Web;Nord;1\n")
	return b.String()
}

// readFile really reads a file for the window, so that its questions and figures are those of the program.
func readFile(t testing.TB, name, content string) func(o contract.ReadOptions, recall bool) (Analysis, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return func(o contract.ReadOptions, _ bool) (Analysis, error) {
		found, err := analyzing.File(t.Context(), path, analyzing.Options{Read: o})
		if err != nil {
			return Analysis{}, err
		}
		a := Analysis{Result: *found, Recalled: shapes.Recalled{Given: o}}
		for _, c := range found.Profile.Columns {
			a.Recalled.Shape = append(a.Recalled.Shape, c.NormalizedName)
		}
		return a, nil
	}
}

// TestQuestionsAreAnsweredByClicks: each is asked with what its readings give, the run waits, and the answers go with it.
func TestQuestionsAreAnsweredByClicks(t *testing.T) {
	b := newBench(t)
	b.a.open = readFile(t, "umsatz.csv", german())
	b.a.run = func(string) error { return nil }
	b.free()
	b.importFiles("umsatz.csv")
	b.click("import.file.0")
	b.untilSays("Are these the order's id, its date and the revenue?")
	b.untilSays("Answer the question above, then this file can be run.")
	require.False(t, b.enabled("import.run"))
	b.click("import.answer.columns.0")
	b.untilSays("Is the mark in them a decimal mark, or does it group thousands?")
	b.untilSays("revenue 498.30") // by a decimal point
	b.untilSays("revenue 498,300.00")
	require.False(t, b.enabled("import.run"))
	b.click("import.answer.decimal_mark.1")
	b.until("the run can start", func(probe.View) bool { return b.enabled("import.run") })
	b.until("it is remembered", func(probe.View) bool {
		return b.a.was(`keep bestellnr datum umsatz kanal region menge: Decimal mark: comma (1.234,50) · Column order_id: Bestellnr · Column order_date: Datum · Column revenue: Umsatz`)
	})
	b.click("import.run")
	b.untilSays("350.00 in 1 row is missing from the sums.")
	b.untilSays("Decimal mark: comma (1.234,50)")
	b.clickDialog("dialog.confirm")
	b.until("the run", func(probe.View) bool {
		return b.a.was(`read with Decimal mark: comma (1.234,50) · Column order_id: Bestellnr · Column order_date: Datum · Column revenue: Umsatz`)
	})
}

// TestALineOfThePanelChangesHowAFileIsRead: and what was chosen is taken back where it was chosen.
func TestALineOfThePanelChangesHowAFileIsRead(t *testing.T) {
	b := newBench(t)
	b.a.open = readFile(t, "sales.csv", "order_id,order_date,revenue\nA-1,2025-12-01,1.50\nA-2,2025-12-02,2.50\nA-3,2025-12-03,4\n")
	b.free()
	b.importFiles("sales.csv")
	b.click("import.file.0")
	b.untilSays("3 rows · 3 columns")
	b.click("import.reading")
	b.choose("import.read.row_is", 2)
	b.until("it is read so", func(probe.View) bool {
		return b.a.was(`keep order_id order_date revenue: A row is: a line of an order`)
	})
	b.untilSays("chosen")
	b.choose("import.read.row_is", 0)
	b.until("it is taken back", func(probe.View) bool { return b.a.was("keep order_id order_date revenue: as found") })
}

// TestWhatWasDecidedBeforeIsSaidAndCanBeTakenBack: nothing is applied unsaid.
func TestWhatWasDecidedBeforeIsSaidAndCanBeTakenBack(t *testing.T) {
	b := newBench(t)
	read := readFile(t, "umsatz.csv", german())
	before := shapes.Record{By: "ben", At: now, Options: contract.ReadOptions{SchemaVersion: 1, DecimalMark: ",", Columns: map[string]string{"order_id": "Bestellnr", "order_date": "Datum", "revenue": "Umsatz"}}}
	b.a.open = func(o contract.ReadOptions, recall bool) (Analysis, error) {
		if !recall {
			return read(o, recall)
		}
		a, err := read(before.Options.Merged(o), recall)
		a.Recalled.Record = &before
		return a, err
	}
	b.free()
	b.importFiles("umsatz.csv")
	b.click("import.file.0")
	b.untilSays("Read as ben decided for files with these headers")
	b.untilSays("Column revenue: Umsatz")
	require.True(t, b.enabled("import.run"))
	b.click("import.read.anew")
	b.untilSays("Are these the order's id, its date and the revenue?")
	require.False(t, says(b.look(), "Read as ben decided"))
}

// TestTheArchiveSaysWhatIsMissingAndHowAFileWasRead: a figure stands beside what is not in it.
func TestTheArchiveSaysWhatIsMissingAndHowAFileWasRead(t *testing.T) {
	b := newBench(t)
	showLacking(b)
	b.untilSays("Not in these sums: 3 amounts can't be read (1,250.50). In the sums, but on no day: 2 orders without a date (80.00). Left out, as they are no orders: 1 total (6,699,399.27).")
	b.untilSays("Decimal mark: comma (1.234,50)")
	again := make(chan string, 1)
	b.a.run = func(run string) error { again <- run; return nil }
	b.askAgain()
	b.untilSays("what was decided for its last rows")
	b.untilSays("What is missing from the sums: was seen and is accepted")
	b.clickDialog("dialog.confirm")
	require.Equal(t, runOf("ana", runs.Succeeded).ID.String(), <-again)
}

// TestTheArchiveSaysWhyFiguresCanNotBeRead: a half document is not shown as noughts.
func TestTheArchiveSaysWhyFiguresCanNotBeRead(t *testing.T) {
	b := newBench(t)
	showFigures(b, []byte(`{"schema_version":2,"orders":0}`))
	b.untilSays("The figures can't be read")
	b.untilSays(" can't be read: it has no aov.")
}

// lacking is KPIs from which money is missing.
func lacking() *contract.KPIs {
	k := year()
	k.SchemaVersion = contract.KPIsVersion
	k.Missing = &contract.Missing{UnreadAmounts: contract.MissingRows{Rows: 3, Revenue: 1250.5}, Undated: contract.MissingRows{Rows: 2, Revenue: 80}, Share: 0.0002}
	k.LeftOut = []contract.LeftOut{{Kind: "total", Rows: 1, Revenue: 6_699_399.27, First: []int64{50002}}}
	k.ReadOptions = &contract.ReadOptions{SchemaVersion: 1, DecimalMark: ",", DateOrder: "dmy", Columns: map[string]string{"order_id": "Bestellnr", "order_date": "Datum", "revenue": "Umsatz"}}
	return k
}

// showLacking shows the archive with a run from whose sums money is missing.
func showLacking(b *bench) {
	figures, _ := json.Marshal(contracttest.WholeKPIs(*lacking()))
	showFigures(b, figures)
}

// showFigures shows the archive with a run that has these figures in the database.
func showFigures(b *bench, figures []byte) {
	showArchive(b)
	r := runOf("ana", runs.Succeeded)
	r.KPIs = figures
	list, _ := b.archive.Latest()
	list.Runs = append([]runs.Run{r}, list.Runs...)
	given := `portal:v1 {"ev":"read_options","text":"How the file is read","read_options":{"schema_version":1,"decimal_mark":",","accept_missing":true}}`
	b.a.mu.Lock() // the run that is in sight may be being read
	b.a.detail = func(uuid.UUID) (Detail, error) {
		return Detail{Run: r, Events: runs.Events{Rows: []runs.Event{{ID: archived(99), RunID: r.ID, Type: runs.Log, Message: given}}}}, nil
	}
	b.a.mu.Unlock()
	b.archive.Publish(list)
	b.until("the run is listed", func(v probe.View) bool { return says(v, "14:01") })
	b.click("archive.run.0")
	b.drain()
}

// askAgain asks for another run on a chosen run's file, once its events are read, which say how that was read.
func (b *bench) askAgain() {
	b.t.Helper()
	b.until("the run's events are read", func(probe.View) bool {
		b.click("archive.actions")
		if b.enabled("archive.again") {
			return true
		}
		b.w.shell.Dialogs.CloseCards()
		return false
	})
	b.clickDialog("archive.again")
}

// enabled tells whether a control is in sight and can be used.
func (b *bench) enabled(name string) bool {
	for _, c := range b.look().Controls {
		if c.Name == name && c.Visible {
			return c.Enabled
		}
	}
	return false
}

// choose takes a value of a list, as a hand would that opens it.
func (b *bench) choose(name string, at int) {
	b.t.Helper()
	for _, x := range test.LaidOutObjects(b.w.win.Canvas().Content()) {
		if s, ok := x.(*controls.Select); ok && s.ProbeName() == name && s.Visible() {
			s.SetSelectedIndex(at)
			b.drain()
			return
		}
	}
	b.t.Fatalf("there is no list %s in sight", name)
}
