package feeds

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

func document(kind, run string) string {
	if kind == "kpis" {
		return string(contracttest.KPIs(func(k *contract.KPIs) { k.RunID, k.Orders, k.TotalRevenue = &run, 2, 5 }))
	}
	return string(contracttest.Profile(func(p *contract.ImportProfile) { p.RunID, p.RowCount = &run, 2 }))
}

func TestResultsFollowTheDocumentsInCurrent(t *testing.T) {
	id := uuid.New()
	w := &world{files: map[string]string{}}
	s := start(t, w)
	eventually(t, &s.Results, func(r Results) bool { return r.Loaded && r.Empty })

	other := uuid.New()
	w.set(func(w *world) {
		w.files["Files/results/current/kpis.json"] = document("kpis", other.String())
		w.files["Files/results/current/import_profile.json"] = document("profile", id.String())
		w.files["Files/results/current/sales_cleaned.csv"] = "order_id,revenue\nA,2\n\"B\n2\",3\n"
	})
	r := eventually(t, &s.Results, func(r Results) bool { return !r.Empty && r.KPIs != nil })
	require.True(t, r.Updating && r.Mixed, "two run ids mean that a promotion is under way")

	finished := noon
	w.set(func(w *world) {
		w.files["Files/results/current/kpis.json"] = document("kpis", id.String())
		w.runs = []runs.Run{{ID: id, Status: runs.Succeeded, FinishedAt: &finished, CreatedAt: noon}}
		w.restore = &runs.Restore{SourceRun: id, RestoredAt: noon.Add(time.Hour), RestoredBy: "ana"}
	})
	r = eventually(t, &s.Results, func(r Results) bool { return !r.Updating && r.Run != nil })
	require.Equal(t, [][]string{{"A", "2"}, {"B 2", "3"}}, r.Preview.Rows)
	require.Equal(t, []string{"order_id", "revenue"}, r.Preview.Columns)
	require.Equal(t, int64(2), r.Preview.Total)
	require.Equal(t, "ana", r.Restored.RestoredBy)

	w.set(func(w *world) { later := noon.Add(2 * time.Hour); w.runs[0].FinishedAt = &later })
	eventually(t, &s.Results, func(r Results) bool { return r.Run != nil && r.Restored == nil })

	// A row that does not come to its end must not take all memory.
	w.set(func(w *world) {
		w.files["Files/results/current/sales_cleaned.csv"] = "order_id,revenue\nA,2\n\"" + strings.Repeat("x", 20<<20)
	})
	eventually(t, &s.Results, func(r Results) bool { return len(r.Preview.Rows) == 1 && r.Sentence == "" })

	// A document that is too large is named, with its size and the limit; what was shown stays.
	w.set(func(w *world) {
		w.files["Files/results/current/kpis.json"] = document("kpis", id.String()) + strings.Repeat(" ", artifacts.MaxDocument)
	})
	r = eventually(t, &s.Results, func(r Results) bool { return r.Sentence != "" })
	require.Contains(t, r.Sentence, "Files/results/current/kpis.json has 16.1 MB, and documents of at most 16 MB are read")
	require.NotNil(t, r.KPIs)
}

// TestResultsAreThoseOfTheManifest: while the next run is being published, and after that was interrupted, the last figures are shown
// whole, and nothing is read again while the manifest stays as it is.
func TestResultsAreThoseOfTheManifest(t *testing.T) {
	old, next, restore := uuid.New(), uuid.New(), uuid.New()
	ofOld, ofNext := contracttest.Published(old.String(), nil), contracttest.Published(next.String(), nil)
	const current = "Files/results/current/"
	put := func(w *world, folder string, files map[string]string) {
		for name, text := range files {
			w.files[folder+name] = text
		}
	}
	w := &world{files: map[string]string{}, runs: []runs.Run{{ID: old, Status: runs.Succeeded, CreatedAt: noon}}}
	put(w, current, ofOld)
	put(w, "Files/results/runs/"+old.String()+"/", ofOld)
	put(w, "Files/results/runs/"+next.String()+"/", ofNext)
	w.files[current+artifacts.ManifestFile] = string(contracttest.Manifest(old.String(), "", ofOld))
	s := start(t, w)
	r := eventually(t, &s.Results, func(r Results) bool { return r.KPIs != nil })
	require.False(t, r.Updating)
	require.Equal(t, old, r.Run.ID)
	require.Equal(t, [][]string{{old.String(), "1"}}, r.Preview.Rows)
	var before int
	w.set(func(w *world) { before, w.looked = w.opened, 0 })
	require.Eventually(t, func() bool { looked := 0; w.set(func(w *world) { looked = w.looked }); return looked > 3 }, 5*time.Second, time.Millisecond)
	w.set(func(w *world) { require.Equal(t, before, w.opened, "nothing has changed") })

	// The next run's files are put in place one after the other, a part of one among them.
	w.set(func(w *world) {
		w.files[current+artifacts.ManifestFile] += " " // a look at the same publication
		w.files[current+artifacts.CSVFile] = ofNext[artifacts.CSVFile]
		w.files[current+artifacts.KPIsFile] = ofNext[artifacts.KPIsFile][:100]
	})
	r = eventually(t, &s.Results, func(r Results) bool { return r.Updating })
	require.False(t, r.Mixed)
	require.Equal(t, []string{old.String(), old.String(), old.String()}, []string{*r.KPIs.RunID, *r.Profile.RunID, r.Preview.Rows[0][0]})

	// The manifest is being written: what was shown stays.
	w.set(func(w *world) { w.files[current+artifacts.ManifestFile] = `{"schema_version":1,` })
	eventually(t, &s.Results, func(r Results) bool {
		return r.Updating && r.Sentence == "" && r.tag == "" && *r.KPIs.RunID == old.String()
	})
	w.set(func(w *world) {
		put(w, current, ofNext)
		w.files[current+artifacts.ManifestFile] = string(contracttest.Manifest(next.String(), "", ofNext))
		w.restore = &runs.Restore{SourceRun: next, TargetRun: &restore, RestoredAt: noon, RestoredBy: "ana"}
	})
	r = eventually(t, &s.Results, func(r Results) bool { return !r.Updating && *r.KPIs.RunID == next.String() })
	require.Nil(t, r.Restored, "the manifest says that the run itself has published")
	w.set(func(w *world) {
		w.files[current+artifacts.ManifestFile] = string(contracttest.Manifest(restore.String(), next.String(), ofNext))
	})
	eventually(t, &s.Results, func(r Results) bool { return r.Restored != nil })
}

// TestNothingKnownWhileItIsPublished: a window that is opened then has nothing to show, and says why.
func TestNothingKnownWhileItIsPublished(t *testing.T) {
	w := &world{files: map[string]string{"Files/results/current/manifest.json": "{", "Files/results/current/kpis.json": document("kpis", uuid.NewString())}}
	s := start(t, w)
	r := eventually(t, &s.Results, func(r Results) bool { return r.Updating })
	require.Nil(t, r.KPIs)
	require.False(t, r.Empty)
	require.Contains(t, r.Sentence, "new results are being published")
}

// TestTheArchiveSaysWhichRunIsPublished: it is the one that the manifest names, a restore's source where a restore published; never guessed
// from the list of runs, and said to be unknown while it can't be read.
func TestTheArchiveSaysWhichRunIsPublished(t *testing.T) {
	for _, only := range []bool{false, true} { // the whole lakehouse, and a source that may not list
		older, newer, restore := uuid.New(), uuid.New(), uuid.New()
		const manifest = "Files/results/current/manifest.json"
		w := &world{files: map[string]string{}, runs: []runs.Run{{ID: newer, Status: runs.Succeeded, CreatedAt: noon}}}
		s := service(w)
		if only {
			s.src.Files = artifacts.NewArtifactOnly(w, nil)
		}
		s.Start(t.Context())
		t.Cleanup(s.Stop)
		a := eventually(t, &s.Archive, func(a Archive) bool { return a.Loaded && a.Published.Known })
		require.Equal(t, Published{Known: true}, a.Published, "nothing has been published")

		id := older.String()
		w.set(func(w *world) {
			files := contracttest.Published(id, nil)
			for name, text := range files {
				w.files["Files/results/current/"+name] = text
			}
			w.files[manifest] = string(contracttest.Manifest(restore.String(), id, files))
		})
		a = eventually(t, &s.Archive, func(a Archive) bool { return a.Published.Run != uuid.Nil })
		require.Equal(t, older, a.Published.Run)
		require.Equal(t, restore, a.Published.By)
		require.False(t, a.Published.At.IsZero())
		require.Len(t, a.Runs, 1, "the list stays")

		// Its documents are broken, the manifest is not.
		w.set(func(w *world) {
			w.files["Files/results/current/kpis.json"], w.files["Files/results/runs/"+id+"/kpis.json"] = "{", "{"
		})
		w.set(func(w *world) { w.files[manifest] += " " }) // a look at the same publication
		eventually(t, &s.Results, func(r Results) bool { return r.Sentence != "" || r.Updating })
		a, _ = s.Archive.Latest()
		require.Equal(t, older, a.Published.Run)
		require.Empty(t, a.Published.Sentence)

		w.set(func(w *world) { w.files[manifest] = `{"schema_version":99}` })
		a = eventually(t, &s.Archive, func(a Archive) bool { return a.Published.Sentence != "" })
		require.Equal(t, older, a.Published.Run, "what was read last")
		require.Len(t, a.Runs, 1)

		// The database answers and does not: what is published stays what it was.
		w.set(func(w *world) { w.dbErr = errors.New("the database does not answer") })
		eventually(t, &s.Archive, func(a Archive) bool { return a.Sentence != "" && a.Published.Run == older })
	}
}

// A lakehouse of an older notebook has no manifest: kpis.json in current/ says which run it is.
func TestWithoutAManifestTheFiguresSayWhichRunIsPublished(t *testing.T) {
	id, other := uuid.New(), uuid.New()
	w := &world{files: map[string]string{
		"Files/results/current/kpis.json":           document("kpis", id.String()),
		"Files/results/current/import_profile.json": document("profile", other.String()),
	}, runs: []runs.Run{{ID: other, Status: runs.Succeeded, CreatedAt: noon}}}
	s := start(t, w)
	eventually(t, &s.Results, func(r Results) bool { return r.Mixed })
	a, _ := s.Archive.Latest()
	require.Zero(t, a.Published.Run, "files of two runs")
	w.set(func(w *world) {
		w.files["Files/results/current/import_profile.json"] = document("profile", id.String())
	})
	a = eventually(t, &s.Archive, func(a Archive) bool { return a.Published.Known })
	require.Equal(t, Published{Known: true, Run: id, By: id}, a.Published)
}

func TestTheArchiveHasWhatStandsBesideItsRuns(t *testing.T) {
	id := uuid.New()
	beside := runs.Beside{Notes: map[uuid.UUID]runs.Notes{id: {Rows: []runs.Note{{RunID: id, By: "ben", Text: "checked"}}}}}
	w := &world{files: map[string]string{}, runs: []runs.Run{{ID: id, Status: runs.Succeeded, CreatedAt: noon}}, beside: beside}
	s := start(t, w)
	a := eventually(t, &s.Archive, func(a Archive) bool { return a.Loaded })
	require.Equal(t, beside, a.Beside)
}

// Where one pipeline runs and restores, how long a run takes is told by runs alone.
func TestRestoresDoNotTellHowLongARunTakes(t *testing.T) {
	w := &world{files: map[string]string{}, beside: runs.Beside{Sources: map[uuid.UUID]uuid.UUID{}}}
	active := runs.Run{ID: uuid.New(), Status: runs.Running, CreatedAt: noon, StartedAt: &noon, PipelineItemID: "item", JobID: "job"}
	w.runs = []runs.Run{active}
	for i := range 6 {
		run, restore := noon.Add(time.Duration(240+i)*time.Second), noon.Add(20*time.Second)
		past := runs.Run{ID: uuid.New(), Status: runs.Succeeded, CreatedAt: noon, StartedAt: &noon, FinishedAt: &run, PipelineItemID: "item"}
		copied := runs.Run{ID: uuid.New(), Status: runs.Succeeded, CreatedAt: noon, StartedAt: &noon, FinishedAt: &restore, PipelineItemID: "item"}
		w.beside.Sources[copied.ID] = past.ID
		w.runs = append(w.runs, past, copied)
	}
	w.card = locking.Card{RunID: active.ID, LockedAt: noon, AsOf: noon.Add(time.Minute)}
	s := start(t, w)
	f := eventually(t, &s.Frame, func(f Frame) bool { return f.Expected != nil })
	require.Equal(t, 6, f.Expected.Samples)
	require.GreaterOrEqual(t, f.Expected.From, 4*time.Minute)
}
