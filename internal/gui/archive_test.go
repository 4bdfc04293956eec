package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/gui/archive"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

func TestArchiveRestores(t *testing.T) {
	b := newBench(t)
	b.free()
	good, bad := runOf("ana", runs.Succeeded), runOf("ben", runs.Failed)
	bad.ErrorMessage = "The notebook stopped."
	b.a.detail = func(id uuid.UUID) (Detail, error) {
		d := Detail{Run: good, Events: runs.Events{Rows: []runs.Event{{ID: uuid.New(), Time: now, Type: runs.Log, Message: "ana asked for it"}}}}
		if id == bad.ID {
			d.Run = bad
			return d, nil
		}
		d.Artifacts.Rows = []runs.Artifact{{ID: uuid.New(), Path: "Files/results/runs/x/kpis.json", Type: "json", Size: new(int64(12_400))}}
		return d, nil
	}
	b.archive.Publish(feeds.Archive{Loaded: true, More: true, Runs: []runs.Run{bad, good}})
	b.click("tab.archive")
	b.click("archive.run.0")
	b.untilSays("This run failed, so there is nothing to restore.")
	require.False(t, b.control("archive.restore").Enabled)
	b.click("archive.run.1")
	b.until("Restore can be pressed", func(probe.View) bool { return b.control("archive.restore").Enabled })
	b.click("archive.files")
	b.untilSays("kpis.json")
	b.untilSays("12 kB")
	b.click("archive.events")
	b.untilSays("ana asked for it")
	b.held(runs.Phase{Kind: runs.PhaseRunning})
	b.untilSays("A new run can start when it has ended.")
	require.False(t, b.control("archive.restore").Enabled)
	b.free()

	restored := make(chan uuid.UUID, 1)
	b.a.restore = func(id uuid.UUID) error { restored <- id; return nil }
	b.click("archive.restore")
	v := b.untilSays("Restore this run?")
	require.True(t, !says(v, good.ID.String()) && says(v, "You can undo this on Results"), "the id stands behind a button")
	require.Equal(t, "Restore the run of today 14:01", b.control("dialog.confirm").Text)
	b.clickDialog("dialog.confirm")
	require.Equal(t, good.ID, <-restored)
	b.until("the Monitor screen", func(v probe.View) bool { return v.Tab == "Monitor" })
	b.click("tab.archive")
	b.click("archive.more")
	require.True(t, b.a.was("more"))
}

// A run whose figures the database does not hold has published some all the same.
func TestArchiveSaysWhereFiguresAreThatTheDatabaseDoesNotHold(t *testing.T) {
	b := newBench(t)
	b.free()
	failed, large := runOf("ben", runs.Failed), runOf("ana", runs.Succeeded)
	large.KPIs = nil
	b.a.detail = func(id uuid.UUID) (Detail, error) {
		if id == large.ID {
			return Detail{Run: large}, nil
		}
		return Detail{Run: failed}, nil
	}
	b.archive.Publish(feeds.Archive{Loaded: true, Runs: []runs.Run{failed, large}})
	b.click("tab.archive")
	b.click("archive.run.0")
	b.untilSays("This run published no figures.")
	b.click("archive.run.1")
	v := b.untilSays("They are not in the database. The timeline says why. Files has kpis.json.")
	require.False(t, says(v, "This run published no figures."))
}

func TestArchiveFindsRunsAndRemembersTheFilter(t *testing.T) {
	b := newBench(t)
	b.free()
	mine := runOf("ana", runs.Failed)
	b.a.find = func(f archive.Filter, limit int) ([]runs.Run, bool, error) { return []runs.Run{mine}, limit < 100, nil }
	b.archive.Publish(feeds.Archive{Loaded: true, Runs: []runs.Run{runOf("ana", runs.Succeeded), runOf("ben", runs.Succeeded), mine}})
	b.click("tab.archive")
	b.untilSays("3 runs")
	b.click("archive.mine")
	b.untilSays("1 run")
	require.True(t, b.a.was(`find true  "" 50`))
	b.click("archive.more")
	b.until("more", func(probe.View) bool { return b.a.was(`find true  "" 100`) })
	require.Equal(t, "mine\n\n\n\n", fyne.CurrentApp().Preferences().String("archive.filter"))
	b.click("archive.clear")
	b.untilSays("3 runs")
}

func TestArchiveRunsAgainComparesAndKeepsEvidence(t *testing.T) {
	b := newBench(t)
	showArchive(b)
	b.untilSays("10 runs")
	b.click("archive.actions")
	b.clickDialog("archive.compare")
	b.untilSays("Two runs side by side")
	b.until("the comparison", func(probe.View) bool { return b.a.was("compare " + archived(3).String() + " " + archived(1).String()) })
	b.untilSays("+4.3 %")
	b.clickDialog("dialog.close")
	b.click("archive.actions")
	b.clickDialog("archive.evidence")
	b.untilSays("Saved run.zip in /home/ana/Downloads")
	b.askAgain()
	b.untilSays("Run the pipeline again?")
	b.until("the changes", func(probe.View) bool { return b.enabled("dialog.confirm") })
	b.clickDialog("dialog.cancel")
	half := *kpis()
	half.TotalRevenue *= 2
	b.a.replaces = func(k *contract.KPIs, p *contract.ImportProfile) (comparison.Replacement, error) {
		return comparison.PreviewRun(comparison.Current{KPIs: &half}, k, p), nil
	}
	b.askAgain()
	b.untilSays("Revenue falls by 50 %.")
	require.False(t, b.control("dialog.confirm").Enabled)
	b.tick("dialog.tick", true)
	again := make(chan string, 1)
	b.a.run = func(f string) error { again <- f; return nil }
	b.clickDialog("dialog.confirm")
	require.Equal(t, archived(1).String(), <-again, "the run says how its file is read")
	b.until("the Monitor screen", func(v probe.View) bool { return v.Tab == "Monitor" })
}
