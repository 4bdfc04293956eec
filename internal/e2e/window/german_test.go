//go:build linux

package window

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

// euros writes cents as a German export does.
func euros(cents int64) string {
	whole := fmt.Sprint(cents / 100)
	if len(whole) > 3 {
		whole = whole[:len(whole)-3] + "." + whole[len(whole)-3:]
	}
	return fmt.Sprintf("%s,%02d", whole, cents%100)
}

// english writes cents as the window shows them.
func english(cents int64) string {
	return strings.NewReplacer(".", ",", ",", ".").Replace(euros(cents))
}

// export is a German export of a month: some orders are in it twice, one amount is a note, and the last row is the total. The sums
// are those of the orders, with each one once and with all rows.
func export(month, orders int) (text string, once, all int64) {
	var b strings.Builder
	b.WriteString("Bestellnr;Datum;Umsatz;Kanal;Region;Menge\r\n")
	for i := range orders {
		cents := int64(1_000 + (i*7_919)%190_000)
		row := fmt.Sprintf("B-%02d%04d;%02d.%02d.2025;%s;%s;%s;%d\r\n", month, i, 1+i%31, month, euros(cents), []string{"Web", "Laden"}[i%2], []string{"Nord", "Süd"}[i%2], 1+i%3)
		once, all = once+cents, all+cents
		b.WriteString(row)
		if i%25 == 7 {
			all += cents
			b.WriteString(row)
		}
	}
	fmt.Fprintf(&b, "B-%02d9999;31.%02d.2025;ca. 19,90;Web;Nord;1\r\n", month, month)
	fmt.Fprintf(&b, "Summe;;%s;;;\r\n", euros(all))
	return b.String(), once, all
}

// TestAGermanFileFromOpeningToItsFiguresByClicks: what can be read in one way is read, what can be read in two is asked, the run
// waits, and its figures are the right ones beside what is missing from them. The next file of its shape asks nothing.
func TestAGermanFileFromOpeningToItsFiguresByClicks(t *testing.T) {
	s := newScreen(t, 1360, 900)
	program := buildProgram(t)
	w := newWorld(t)
	dir := t.TempDir()
	text, once, all := export(12, 120)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "dezember.csv"), []byte(text), 0o600))
	next, nextOnce, _ := export(10, 90)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "oktober.csv"), []byte(next), 0o600))

	ana := s.openPortal(program, w.env("ana"))
	ana.untilShows("Free to run", time.Minute)
	ana.openFile(filepath.Join(dir, "dezember.csv"), "Are these the order's id, its date and the revenue?")
	ana.click("import.upload")
	ana.untilShows("dezember.csv was uploaded", time.Minute)
	waits := func() {
		v := ana.untilShows("Answer the question above, then this file can be run.", 20*time.Second)
		run, _ := v.control("import.run")
		require.False(t, run.Enabled, "a run waits for an answer")
	}
	waits()
	s.shot("columns")
	ana.click("import.answer.columns.0")
	ana.untilShows("Are they lines of one order, or was the order written twice?", 20*time.Second)
	ana.untilShows("revenue "+english(once), 5*time.Second)
	ana.untilShows("revenue "+english(all), 5*time.Second)
	waits()
	s.shot("question")
	ana.click("import.answer.row_is.0")
	ana.untilEnabled("import.run", 20*time.Second)
	ana.click("import.reading")
	ana.untilShows("comma (1.234,50) (found)", 10*time.Second)
	ana.untilShows("Umsatz", 10*time.Second)
	s.shot("how")
	ana.click("import.kpis")
	ana.untilShows("1 amount can't be read (19.90)", 10*time.Second)
	s.shot("missing")
	ana.click("import.run")
	ana.untilShows("Run the pipeline?", 10*time.Second)
	ana.untilShows("1 amount can't be read (19.90)", 10*time.Second)
	s.shot("confirm")
	ana.click("dialog.confirm")
	ana.until("the run's end", runTime, func(v view) bool { return v.Tab == "Monitor" && v.shows("Succeeded today") })

	given := contract.ReadOptions{SchemaVersion: 1, RowIs: contract.RowIsOrder, Columns: map[string]string{"order_id": "Bestellnr", "order_date": "Datum", "revenue": "Umsatz"}}
	var event struct {
		Options contract.ReadOptions `json:"read_options"`
	}
	message := value[string](t, w, `select message from run_events where message like '%"ev":"read_options"%'`)
	require.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(message, "portal:v1 ")), &event))
	require.Equal(t, given, event.Options, "the run's events say how it was asked to be read")
	k := document[contract.KPIs](t, w, "current", "kpis.json")
	require.Equal(t, float64(once)/100, k.TotalRevenue)
	require.Equal(t, int64(121), k.Orders)
	require.Equal(t, contract.MissingRows{Rows: 1, Revenue: 19.9}, k.Missing.UnreadAmounts)
	require.Equal(t, contract.MissingRows{Rows: 5, Revenue: float64(all-once) / 100}, k.Missing.RepeatedOrderID)
	require.Len(t, k.LeftOut, 1)
	require.Equal(t, ",", k.ReadOptions.DecimalMark, "it was found by the notebook, too")
	require.Equal(t, given.RowIs, k.ReadOptions.RowIs)
	require.Equal(t, k.ReadOptions, document[contract.RunMetadata](t, w, filepath.Join("runs", w.currentRun(t)), "run_metadata.json").ReadOptions)

	ana.click("tab.results")
	ana.untilShows(english(once), 20*time.Second)
	ana.untilShows("Not in these sums: 1 amount can't be read (19.90) · 5 rows repeat an order_id", 10*time.Second)
	s.shot("results")
	ana.click("tab.archive")
	ana.row(0)
	ana.untilShows("Not in these sums: 1 amount can't be read (19.90)", 20*time.Second)
	ana.hands.below(ana, "archive.kpis")
	ana.untilShows("How it was read", 10*time.Second)
	s.shot("archive")

	// The next month asks nothing, and says why.
	ana.click("tab.import")
	ana.openFile(filepath.Join(dir, "oktober.csv"), "Read as ana")
	ana.click("import.kpis")
	ana.untilShows(english(nextOnce), 10*time.Second)
	s.shot("next-month")
}

// document reads a document below Files/results.
func document[T contract.KPIs | contract.RunMetadata](t *testing.T, w *world, folder, name string) T {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(w.Lakehouse, "Files", "results", folder, name))
	require.NoError(t, err)
	var doc T
	require.NoError(t, json.Unmarshal(data, &doc))
	return doc
}
