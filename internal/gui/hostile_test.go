package gui

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/results"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// hostile is a text that pretends to be another one: it turns the direction of writing, holds escape sequences, a link behind
// a word, line breaks, what is drawn as nothing, and bytes that are no text.
const hostile = "sales\u202exslx.exe \x1b[31mred\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\a\nsecond\r\nline\u2028\tx\u200b\u2066\u2069\x00\x07\xff\u0085"

// shown is how it begins where it is drawn.
const shown = "sales�xslx.exe �red�click"

// poison replaces each text in a snapshot, whatever field it is in: also those that come later.
func poison(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() && v.Type() == reflect.TypeFor[string]() && !isTime(v.String()) {
			v.SetString(text)
		}
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		if s, ok := reflect.TypeAssert[string](v); ok && v.Kind() == reflect.Interface && v.CanSet() && s != "" {
			v.Set(reflect.ValueOf(text))
			return
		}
		poison(v.Elem(), text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				poison(v.Field(i), text)
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			poison(v.Index(i), text)
		}
	}
}

// isTime says whether a text is a day; a chart without any has nothing to show.
func isTime(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func poisoned[T any](v T, text string) T {
	poison(reflect.ValueOf(&v).Elem(), text)
	return v
}

// fitting fails where something that is drawn, or told to the probe, is not fit to be shown.
func (b *bench) fitting(where string) {
	b.t.Helper()
	v := b.look()
	check := func(text string) {
		b.t.Helper()
		for line := range strings.SplitSeq(text, "\n") {
			line = strings.Join(strings.FieldsFunc(line, func(r rune) bool { return r == ' ' }), " ") // blanks are harmless
			if !plaintext.Shows(line, lettering.TextMost) {
				b.t.Fatalf("%s: %.200q is not fit to be shown", where, line)
			}
		}
	}
	for _, text := range v.Texts {
		check(text)
	}
	for _, c := range v.Controls {
		check(c.Text)
	}
	for _, root := range append(b.w.shell.Dialogs.Contents(), b.w.win.Content()) {
		for _, o := range test.LaidOutObjects(root) {
			if t, ok := o.(*canvas.Text); ok {
				check(t.Text)
				if strings.Contains(t.Text, "\n") || utf8.RuneCountInString(t.Text) > lettering.LineMost {
					b.t.Fatalf("%s: %.200q is more than one line", where, t.Text)
				}
			}
		}
	}
}

// TestNoScreenDrawsWhatSomebodyElseMadeUp shows hostile texts in each field of each snapshot, on each screen.
func TestNoScreenDrawsWhatSomebodyElseMadeUp(t *testing.T) {
	for name, text := range map[string]string{"short": hostile, "long": hostile + strings.Repeat("W", 1<<20)} {
		t.Run(name, func(t *testing.T) { hostileScreens(t, text) })
	}
}

func hostileScreens(t *testing.T, text string) {
	b := newBenchWith(t, func(o *Options) { o.User, o.Connection = text, frame.Connection{Name: text} })
	showHostile(b, text)
	b.click("tab.import")
	seen := func(where string) {
		t.Helper()
		b.until(where+" with the name", func(v probe.View) bool { return says(v, "sales�xslx.exe") })
		b.fitting(where)
	}
	seen("import")
	for _, page := range []string{"overview", "reading", "columns", "rows", "checks", "cleaning", "drift", "kpis"} {
		b.click("import." + page)
		b.fitting("import " + page)
	}
	b.click("import.columns")
	b.click("import.column.0")
	b.fitting("a column")
	b.click("header.connection")
	b.fitting("connections")
	b.w.shell.Dialogs.CloseTop()
	b.click("header.lock")
	seen("the lock's card")
	b.w.shell.Dialogs.CloseTop()
	b.click("header.database")
	seen("the database's card")
	b.w.shell.Dialogs.CloseTop()

	b.click("tab.monitor")
	seen("monitor")
	b.click("monitor.decide")
	b.untilSays("needs a decision")
	seen("a decision")
	b.w.shell.Dialogs.CloseTop()

	b.click("tab.results")
	seen("results")
	b.click("results.data")
	seen("rows")
	b.click("results.table.columns")
	b.fitting("the choice of columns")
	b.w.shell.Dialogs.CloseTop()

	b.click("tab.archive")
	seen("archive")
	b.click("archive.run.0")
	for _, page := range []string{"archive.files", "archive.events", "archive.kpis"} {
		b.click(page)
		seen(page)
	}
	b.click("archive.trend")
	b.fitting("trend")
	b.w.archive.Frame(feeds.Frame{LockKnown: true})
	b.click("archive.restore")
	b.untilSays("Restore this run?")
	b.until("the preview", func(probe.View) bool { return b.a.was("preview " + archived(0).String()) })
	seen("restore")
	b.w.shell.Dialogs.CloseTop()
	b.click("archive.actions")
	b.clickDialog("archive.compare")
	b.untilSays("Two runs side by side")
	b.until("the comparison", func(v probe.View) bool { return !says(v, "Reading both runs") })
	seen("compare")
	b.w.shell.Dialogs.CloseTop()

	b.w.shell.Dialogs.Tell(text, text)
	seen("a dialog")
	size := b.w.win.Canvas().Size()
	for _, o := range b.w.shell.Dialogs.Contents() {
		require.True(t, o.Size().Width < size.Width && o.Size().Height < size.Height, "a dialog lies within the window")
	}
	b.clickDialog("dialog.copy")
	require.True(t, strings.HasPrefix(fyne.CurrentApp().Clipboard().Content(), shown))
	b.w.shell.Dialogs.CloseTop()

	w := failureWindow(b.w.app, text)
	defer w.Close()
	for _, o := range test.LaidOutObjects(w.Content()) {
		if c, ok := o.(*canvas.Text); ok {
			require.True(t, plaintext.Shows(c.Text, lettering.LineMost), "%.200q", c.Text)
		}
	}
}

// showHostile publishes a text in each field of what the screens show.
func showHostile(b *bench, text string) {
	b.a.analyze = func(context.Context, string, Progress) (Analysis, error) {
		a, c := profiled("sales.xlsx"), cleaned()
		a.Rows, a.Cleaning, a.Imported = c.Rows, c.Cleaning, c.Imported
		a.Profile.Columns[0].Name = text
		return poisoned(a, text), nil
	}
	b.importFiles("sales.xlsx", "other.csv")
	files, _ := b.files.Latest()
	b.files.Publish(poisoned(files, text))
	b.click("import.file.0")
	b.until("the profile", func(v probe.View) bool { return b.offers("import.checks") })
	b.held(runs.Phase{Kind: runs.PhaseRunning, Sentence: "x"})
	f, _ := b.frame.Latest()
	f.Notices = []format.Sayer{format.Say("x")}
	b.frame.Publish(poisoned(f, text))

	showMonitor(b, runs.Phase{Kind: runs.PhaseNeedsYou, Sentence: "x"})
	m, _ := b.monitor.Latest()
	m.Run.Status, m.Run.ErrorMessage = runs.Failed, "x"
	m = poisoned(m, text)
	m.Activities[0].Status = text
	b.monitor.Publish(m)
	decided.err = nil
	decided.doubt = poisoned(decided.doubt, text)
	needed := needsNothing(text)
	decided.doubt = needed
	b.frame.Publish(poisoned(f, text))

	showResults(b)
	b.a.table = func(feeds.Results) (datatable.Table, error) { return nil, context.DeadlineExceeded }
	b.a.before = func(feeds.Results) (results.Before, error) {
		r := runOf("ben", runs.Failed)
		return poisoned(results.Before{NewerFailed: &r}, text), nil
	}
	r, _ := b.results.Latest()
	r.Run = new(runOf("ana", runs.Succeeded))
	b.results.Publish(poisoned(r, text))

	showArchive(b)
	b.until("the run that is chosen has been read", func(probe.View) bool { return !says(b.look(), "Reading the f") })
	a, _ := b.archive.Latest()
	a.Runs = slices.Clone(a.Runs) // a run may still be read elsewhere
	for i := range a.Runs {
		if i < 2 {
			a.Runs[i].KPIs, _ = json.Marshal(poisoned(*kpis(), text))
		}
		a.Runs[i] = poisoned(a.Runs[i], text)
	}
	a.Runs[0].Status = runs.Succeeded
	b.archive.Publish(a)
	b.a.mu.Lock()
	defer b.a.mu.Unlock()
	b.a.preview, b.a.compare = poisoned(b.a.preview, text), poisoned(b.a.compare, text)
	b.a.detail = func(uuid.UUID) (Detail, error) {
		d := Detail{Run: a.Runs[0], Events: runs.Events{Rows: told(a.Runs[0])}, Artifacts: runs.Artifacts{Rows: []runs.Artifact{{ID: uuid.New(), Path: "x", Type: "json"}}}}
		return poisoned(d, text), nil
	}
}

// needsNothing is a decision about a run whose texts are all the same.
func needsNothing(text string) runs.Doubt {
	r := runOf("ben", runs.Submitted)
	return poisoned(runs.Doubt{Run: r, Sentence: "x", Candidates: []runs.Candidate{{}}}, text)
}
