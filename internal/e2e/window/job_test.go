//go:build linux

// Package window drives the program's real window: a real X server, real clicks and keys, against a sandbox.
package window

import (
	"archive/zip"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/sandbox/standin/faults"
)

const runTime = 90 * time.Second // a notebook's start and work, on a busy machine

// world is a sandbox without files in its lakehouse, and an administrator's look at its database.
type world struct {
	*sandbox.Sandbox
	admin   *pgx.Conn
	samples string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOf(t, sandbox.Options{Log: t.Logf})
}

func newWorldOf(t *testing.T, o sandbox.Options) *world {
	t.Helper()
	box, err := sandbox.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(box.Close)
	w := &world{Sandbox: box, samples: t.TempDir()}
	require.NoError(t, sampledata.Write(w.samples))
	w.admin, err = pgx.Connect(t.Context(), box.AdminDSN())
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.admin.Close(context.Background()) })
	return w
}

func value[T any](t *testing.T, w *world, sql string, args ...any) T {
	t.Helper()
	var v T
	require.NoError(t, w.admin.QueryRow(t.Context(), sql, args...).Scan(&v), sql)
	return v
}

func (w *world) env(user string) []string { return append(w.Env(), "PORTAL_USER="+user) }

// currentRun is the run that the published KPIs name.
func (w *world) currentRun(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(w.Lakehouse, "Files", "results", "current", "kpis.json"))
	require.NoError(t, err)
	var k struct {
		RunID string `json:"run_id"`
	}
	require.NoError(t, json.Unmarshal(data, &k))
	return k.RunID
}

// openFile profiles a file of this computer by typing its path, and waits for its row count.
func (p *portal) openFile(path, rows string) {
	p.t.Helper()
	p.click("import.path")
	p.key("ctrl+a")
	p.typeText(path)
	p.key("Return")
	p.untilShows(rows, 60*time.Second)
}

// runChosen uploads the chosen local file, runs the pipeline on it, and waits for the run's end.
func (p *portal) runChosen(name, end string) {
	p.t.Helper()
	p.click("import.upload")
	p.untilShows(name+" was uploaded", 30*time.Second)
	p.click("import.run")
	p.untilShows("Run the pipeline?", 10*time.Second)
	tick := false
	p.until("the changes to what is published", 30*time.Second, func(v view) bool {
		yes, _ := v.control("dialog.confirm")
		_, tick = v.control("dialog.tick")
		return yes.Enabled || tick
	})
	if tick {
		p.click("dialog.tick")
	}
	p.click("dialog.confirm")
	// The run before is on the Monitor for a moment, so the file's name is looked for, too.
	p.until("the end of the run on "+name, runTime, func(v view) bool { return v.Tab == "Monitor" && v.shows(end) && v.shows(name) })
}

// downloaded waits for a whole file of that ending in the user's folder for downloads.
func (p *portal) downloaded(ending string) string {
	p.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		found, err := filepath.Glob(filepath.Join(p.home, "Downloads", "*"+ending))
		require.NoError(p.t, err)
		if len(found) > 0 {
			return found[0]
		}
		if time.Now().After(deadline) {
			p.shot("failed")
			p.t.Fatalf("no %s was saved; the window shows: %s", ending, strings.Join(p.look().Texts, " | "))
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// answerQuestions opens a file that can be read in more than one way, and says how it is meant.
func (p *portal) answerQuestions() {
	p.t.Helper()
	text, once, _ := export(12, 60)
	path := filepath.Join(p.t.TempDir(), "dezember.csv")
	require.NoError(p.t, os.WriteFile(path, []byte(text), 0o600))
	p.openFile(path, "Are these the order's id, its date and the revenue?")
	p.click("import.answer.columns.0")
	p.untilShows("Are they lines of one order, or was the order written twice?", 20*time.Second)
	p.click("import.answer.row_is.0")
	p.until("the question is answered", 20*time.Second, func(v view) bool { return !v.shows("was the order written twice?") })
	p.click("import.kpis")
	p.untilShows(english(once), 20*time.Second)
}

// row clicks a row of the archive; the newest is 0.
func (p *portal) row(i int) {
	p.t.Helper()
	p.click("archive.run." + strconv.Itoa(i))
}

// TestTheWholeJobByHand does the main job in the window with the mouse.
func TestTheWholeJobByHand(t *testing.T) { wholeJob(t, mouse{}) }

// TestTheWholeJobByKeys does it with keys alone: each control is reached by Tab in a few steps, in sight and with a name, and what is
// opened is left by Escape, with the keys where they were.
func TestTheWholeJobByKeys(t *testing.T) { wholeJob(t, keyboard{map[*portal]string{}}) }

// wholeJob does the main job in the window: profile, answer, upload, run, watch, results, what changed, archive, restore. A second window
// sees the lock meanwhile. After each step the database and the lakehouse are looked at, too.
func wholeJob(t *testing.T, by hands) {
	s := newScreen(t, 1360, 900)
	s.hands = by
	program := buildProgram(t)
	w := newWorld(t)
	ana := s.openPortal(program, w.env("ana"))
	ana.untilShows("Free to run", 20*time.Second)
	ana.untilShows("The lakehouse has no file yet", 20*time.Second)
	s.shot("start")

	ana.answerQuestions()
	ana.openFile(filepath.Join(w.samples, sampledata.FactFile), "50,046 rows")
	ana.untilShows("1 Jan – 31 Dec 2025", 5*time.Second)
	c := ana.untilEnabled("import.upload", 5*time.Second)
	require.Equal(t, "Upload", c.Text)
	v := ana.untilShows("upload this one first", 5*time.Second)
	run, _ := v.control("import.run")
	require.False(t, run.Enabled, "a local file can't be run")
	s.shot("profile")
	ana.walkFindings()
	local := ana.saveOffending("sales_orders_fact offending rows.xlsx")
	s.shot("offending")

	ana.click("import.upload")
	ana.untilShows("sales_orders_fact.xlsx was uploaded", 30*time.Second)
	require.Equal(t, local, ana.saveOffending("sales_orders_fact offending rows.xlsx"), "the same of the file in the lakehouse")
	require.FileExists(t, filepath.Join(w.Lakehouse, "Files", "import", sampledata.FactFile))
	ana.click("import.run")
	ana.untilShows("Run the pipeline?", 10*time.Second)
	s.shot("confirm")
	w.StandIn.Faults.SetTenant(faults.Tenant{NotebookStart: 20 * time.Second}) // so that it is still under way when a second window is open
	ana.click("dialog.confirm")
	ana.until("the Monitor screen", 20*time.Second, func(v view) bool { return v.Tab == "Monitor" })
	ana.until("the run", 20*time.Second, func(v view) bool {
		return v.shows("Running for") || v.shows("queue for") || v.shows("Sending to Fabric")
	})
	s.shot("running")
	require.Equal(t, int64(1), value[int64](t, w, "select count(*) from run_lock where run_id is not null"))
	firstRun := value[string](t, w, "select run_id::text from pipeline_runs")

	// A second portal, opened while the run is active, can't start another and says why.
	ben := s.openPortal(program, w.env("ben"))
	ben.untilShows("Running: ana@", 20*time.Second)
	ben.click("import.file.0")
	v = ben.untilShows("A new run can start when it has ended", 60*time.Second)
	run, _ = v.control("import.run")
	require.False(t, run.Enabled, "a second run can't be started")
	require.True(t, v.shows("ana@") && v.shows("has been running sales_orders_fact.xlsx since"), "%v", v.Texts)
	s.shot("second-portal")
	ben.close()
	w.StandIn.Faults.SetTenant(faults.Tenant{})

	ana.untilShows("Succeeded today", runTime)
	s.shot("succeeded")
	require.Equal(t, "SUCCEEDED", value[string](t, w, "select status from pipeline_runs where run_id::text = $1", firstRun))
	require.Equal(t, int64(5), value[int64](t, w, "select count(*) from run_artifacts where run_id::text = $1", firstRun))
	ana.click("tab.results")
	for _, text := range []string{"6,699,399.27", "50,000", "133.99", "3.44 %", "converting visitors / total visitors", "Published: run by ana"} {
		ana.untilShows(text, 20*time.Second)
	}
	s.shot("results")
	ana.click("results.by.region") // one of its bars: all else shows that part, of rows that are asked for once
	ana.untilShows("which are not on this computer yet", 20*time.Second)
	ana.click("dialog.confirm")
	v = ana.untilShows("% of 6.7 M", time.Minute)
	s.shot("part")
	chip := slices.IndexFunc(v.Controls, func(c control) bool { return strings.HasPrefix(c.Name, "results.part.region.") })
	require.GreaterOrEqual(t, chip, 0, "a chip says so")
	ana.click(v.Controls[chip].Name)
	ana.untilShows("Published: run by ana", 20*time.Second)
	ana.untilShows("6,699,399.27", 20*time.Second)
	ana.click("results.data")
	ana.untilShows("of 50,000 rows", 10*time.Second)
	s.shot("data")

	ana.click("tab.import")
	ana.openFile(filepath.Join(w.samples, sampledata.NextFile), "4,315 rows")
	ana.runChosen(sampledata.NextFile, "Succeeded today")
	require.Equal(t, int64(2), value[int64](t, w, "select count(*) from pipeline_runs where status = 'SUCCEEDED'"))
	require.NotEqual(t, firstRun, w.currentRun(t))
	ana.click("tab.results")
	ana.untilShows("Published: run by ana", 20*time.Second)
	ana.click("results.changed")
	ana.untilShows("Broken down by", time.Minute)
	s.shot("changed")
	by.leave(ana)

	ana.click("tab.archive")
	ana.row(1)
	ana.untilShows("6,699,399.27", 20*time.Second)
	by.below(ana, "archive.kpis")
	ana.click("archive.details")
	ana.untilShows(firstRun, 10*time.Second)
	ana.click("archive.files")
	ana.untilShows("kpis.json", 10*time.Second)
	ana.untilShows("sales_cleaned.parquet", 10*time.Second)
	ana.click("archive.events")
	ana.untilShows("ana asked for it", 10*time.Second)
	s.shot("archive")
	ana.click("archive.actions")
	ana.click("archive.evidence")
	bundle := ana.downloaded(".zip")
	z, err := zip.OpenReader(bundle)
	require.NoError(t, err)
	defer z.Close()
	for _, name := range []string{"ro-crate-metadata.json", "ro-crate-preview.html", "run.json", "files/sales_cleaned.parquet"} {
		require.True(t, slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == name }), name)
	}
	ana.click("archive.restore")
	ana.untilShows("Restore this run?", 10*time.Second)
	s.shot("restore")
	ana.click("dialog.confirm")
	ana.until("the restore's end", runTime, func(v view) bool {
		return v.Tab == "Monitor" && v.shows("Restored today") && v.shows("Restore of the run of ")
	})
	require.Equal(t, firstRun, value[string](t, w, "select source_run_id::text from run_restores"))
	require.Equal(t, firstRun, w.currentRun(t))
	ana.click("tab.results")
	ana.untilShows("restored by ana", 20*time.Second)
	ana.untilEnabled("results.undo", time.Minute)
	ana.untilShows("of 50,000 rows", time.Minute)
	ana.until("the banner has its place above the pages", time.Minute, func(v view) bool {
		undo, ok := v.control("results.undo")
		figures, _ := v.control("results.figures")
		return ok && undo.Y > 0 && undo.Y+undo.H < figures.Y
	})
	ana.click("results.figures")
	ana.untilShows("6,699,399.27", 20*time.Second)
	s.shot("restored")
	ana.click("tab.archive")
	ana.untilShows("Published: "+sampledata.FactFile, 20*time.Second)
	ana.click("archive.published")
	ana.untilShows("so there is nothing to restore", 20*time.Second)
	ana.click("archive.kpis")
	by.below(ana, "archive.kpis")
	ana.click("archive.note")
	ana.untilShows("0 of 500 characters", 10*time.Second)
	ana.typeText("Finance has checked it")
	s.shot("note")
	ana.click("dialog.confirm")
	ana.until("the note in the list", time.Minute, func(v view) bool {
		row, ok := v.control("archive.run.1")
		return ok && strings.Contains(row.Text, "Published") && strings.Contains(row.Text, "ana: Finance has checked it")
	})
	require.Equal(t, firstRun, value[string](t, w, `select run_id::text from run_events where event_type = 'LOG' and message like '%"by":"ana","note":"Finance has checked it"}'`))
	s.shot("archive-published")
	ana.click("tab.results")
	ana.click("results.data")
	ana.untilShows("of 50,000 rows", time.Minute)
	ana.click("results.table.search")
	ana.typeText("North")
	ana.untilShows("out of 50,000", time.Minute)
	s.shot("data")
	ana.click("results.excel")
	ana.untilShows("Filtered by any column contains “North”", 20*time.Second)
	ana.click("results.excel.filtered")
	book, err := excelize.OpenFile(ana.downloaded(".xlsx"))
	require.NoError(t, err)
	defer book.Close()
	require.Equal(t, []string{"Filtered", "Data"}, book.GetSheetList())
	require.Len(t, w.StandIn.Jobs.Jobs(), 3)
	require.Empty(t, w.StandIn.Jobs.Overlaps())
}

// TestFailuresByHand shows what a user sees when things go wrong: a file that is not there, one that is no workbook, one
// that fails validation and is run all the same, and a database that goes away.
func TestFailuresByHand(t *testing.T) {
	s := newScreen(t, 1360, 900)
	program := buildProgram(t)
	w := newWorld(t)
	ana := s.openPortal(program, w.env("ana"))
	ana.untilShows("Free to run", 20*time.Second)

	ana.openFile(filepath.Join(w.samples, "nowhere.xlsx"), "nowhere.xlsx was not found: check the name and the folder.")
	s.shot("missing-file")
	note := filepath.Join(w.samples, "note.xlsx")
	require.NoError(t, os.WriteFile(note, []byte("%PDF-1.7 not a workbook"), 0o600))
	ana.openFile(note, "PDF")
	s.shot("no-workbook")

	ana.openFile(filepath.Join(w.samples, sampledata.BrokenFile), "2 errors")
	s.shot("broken-file")
	ana.runChosen(sampledata.BrokenFile, "The required column revenue is missing.")
	s.shot("failed-run")
	require.Equal(t, "FAILED", value[string](t, w, "select status from pipeline_runs"))
	require.Equal(t, int64(0), value[int64](t, w, "select count(*) from run_lock where run_id is not null"), "the lock is free")
	ana.untilShows("Free to run", 20*time.Second)

	w.Database.Stop()
	ana.click("tab.import")
	v := ana.untilShows("A run can't be started.", 60*time.Second)
	require.True(t, v.shows("Database: no answer"), "%v", v.Texts)
	run, _ := v.control("import.run")
	require.False(t, run.Enabled)
	s.shot("database-gone")
	require.False(t, v.shows("Free to run"), "nothing is claimed that is not known")
	ana.click("tab.monitor")
	v = ana.until("the Monitor screen", 20*time.Second, func(v view) bool { return v.Tab == "Monitor" && v.shows("Failed today") })
	require.True(t, v.shows("The required column revenue is missing."), "what was seen last stays on the screen: %s", strings.Join(v.Texts, " | "))
	s.shot("database-gone-monitor")
}
