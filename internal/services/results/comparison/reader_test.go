package comparison

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

func TestBeforeFindsTheRunsToCompareWith(t *testing.T) {
	w := newTeam()
	var earlier []runs.Run
	for i := range earlierRuns + 2 {
		earlier = append(earlier, w.add(t, runs.Succeeded, float64(i+1), uuid.Nil))
		w.add(t, runs.Failed, 0, uuid.Nil)
	}
	last := earlier[len(earlier)-1]
	later := w.add(t, runs.Succeeded, 5, uuid.Nil)
	later.KPIs = json.RawMessage(`{"schema_version":99}`)
	w.runs[0] = later
	published := w.add(t, runs.Succeeded, 100, uuid.Nil)
	b, err := w.reader().Before(t.Context(), &published, nil)
	require.NoError(t, err)
	require.Nil(t, b.NewerFailed)
	require.Nil(t, b.Replaced)
	require.Equal(t, last.ID, b.Run.ID, "figures of a later form tell nothing here")
	require.Equal(t, float64(earlierRuns+2), b.KPIs.TotalRevenue)
	require.Len(t, b.Earlier, earlierRuns)
	require.Same(t, b.KPIs, b.Earlier[0])

	w.add(t, runs.Running, 0, uuid.Nil)
	failed := w.add(t, runs.Failed, 0, uuid.Nil)
	b, err = w.reader().Before(t.Context(), &published, nil)
	require.NoError(t, err)
	require.Equal(t, failed.ID, b.NewerFailed.ID)
	b, err = w.reader().Before(t.Context(), nil, nil)
	require.NoError(t, err)
	require.Nil(t, b.Run, "whose results these are is not known")
	require.Equal(t, failed.ID, b.NewerFailed.ID)

	none, err := newTeam().reader().Before(t.Context(), nil, nil)
	require.NoError(t, err)
	require.Equal(t, Before{}, none)
}

func TestBeforeNamesTheRunThatARestoreReplaced(t *testing.T) {
	w := newTeam()
	first := w.add(t, runs.Succeeded, 1, uuid.Nil)
	second := w.add(t, runs.Succeeded, 2, uuid.Nil)
	w.add(t, runs.Failed, 0, uuid.Nil)
	own := w.add(t, runs.Succeeded, 1, first.ID)
	replaced := func(r runs.Restore) *runs.Run {
		t.Helper()
		b, err := w.reader().Before(t.Context(), &first, &r)
		require.NoError(t, err)
		return b.Replaced
	}
	require.Equal(t, second.ID, replaced(runs.Restore{SourceRun: first.ID, TargetRun: &own.ID}).ID)
	require.Nil(t, replaced(runs.Restore{SourceRun: first.ID}), "the restore's own run is not known")

	again := w.add(t, runs.Succeeded, 2, second.ID) // restores the second
	require.Equal(t, first.ID, replaced(runs.Restore{SourceRun: second.ID, TargetRun: &again.ID}).ID, "what a restore had brought back")
	twice := w.add(t, runs.Succeeded, 2, second.ID)
	require.Nil(t, replaced(runs.Restore{SourceRun: second.ID, TargetRun: &twice.ID}), "it replaced itself")

	alone := newTeam()
	own = alone.add(t, runs.Succeeded, 1, uuid.Nil)
	b, err := alone.reader().Before(t.Context(), nil, &runs.Restore{SourceRun: uuid.New(), TargetRun: &own.ID})
	require.NoError(t, err)
	require.Nil(t, b.Replaced)
	odd := newTeam()
	odd.runs = []runs.Run{own, {ID: uuid.New(), Status: runs.Succeeded, KPIs: json.RawMessage(`{"schema_version":99,"run_id":"soon"}`)}}
	b, err = odd.reader().Before(t.Context(), nil, &runs.Restore{TargetRun: &own.ID})
	require.NoError(t, err)
	require.Nil(t, b.Replaced, "an id that is none")
	w.fail["run"] = errors.New("gone")
	_, err = w.reader().Before(t.Context(), &first, &runs.Restore{SourceRun: first.ID, TargetRun: &again.ID})
	require.ErrorIs(t, err, w.fail["run"])
	_, err = w.reader().Before(t.Context(), &twice, nil)
	require.ErrorIs(t, err, w.fail["run"])
	w.fail["list"] = errors.New("away")
	_, err = w.reader().Before(t.Context(), &first, nil)
	require.ErrorIs(t, err, w.fail["list"])
}

// TestARunThatFailedAfterItHadPublishedCounts: its results were published, and it is no failure that left older ones standing.
func TestARunThatFailedAfterItHadPublishedCounts(t *testing.T) {
	w := newTeam()
	first := w.add(t, runs.Succeeded, 1, uuid.Nil)
	second := w.add(t, runs.Failed, 2, uuid.Nil)
	restore := w.add(t, runs.Failed, 1, first.ID)
	b, err := w.reader().Before(t.Context(), &first, &runs.Restore{SourceRun: first.ID, TargetRun: &restore.ID})
	require.NoError(t, err)
	require.Nil(t, b.NewerFailed)
	require.Equal(t, second.ID, b.Replaced.ID)
	w.add(t, runs.Failed, 0, uuid.Nil)
	b, err = w.reader().Before(t.Context(), &first, nil)
	require.NoError(t, err)
	require.NotNil(t, b.NewerFailed)
}

// full is a team with two runs that left all their documents, of which the first is published.
func full(t *testing.T) (w *team, published, other runs.Run) {
	t.Helper()
	w = newTeam()
	other = w.add(t, runs.Succeeded, 80, uuid.Nil)
	published = w.add(t, runs.Succeeded, 100, uuid.Nil)
	for i, r := range []runs.Run{published, other} {
		s := side(r.ID.String(), []string{"a", "b"}[i], 1, 2, 3, 4)
		folder := artifacts.RunsFolder + "/" + r.ID.String()
		*s.KPIs, *s.Profile, *s.Metadata = contracttest.WholeKPIs(*s.KPIs), contracttest.WholeProfile(*s.Profile), contracttest.WholeMetadata(*s.Metadata)
		s.Profile.File.SHA256 = strings.Repeat(s.Profile.File.SHA256, 64)
		w.artifacts[r.ID], w.profiles[folder], w.metadata[folder] = s.Artifacts, s.Profile, s.Metadata
		if i == 0 {
			w.kpis[artifacts.CurrentFolder], w.profiles[artifacts.CurrentFolder] = s.KPIs, s.Profile
			for k, name := range restored {
				w.current = append(w.current, artifacts.File{Name: name, Path: artifacts.CurrentFolder + "/" + name, Size: int64(k + 1)})
			}
		}
	}
	return w, published, other
}

func TestTwoRunsAreReadAndCompared(t *testing.T) {
	w, published, other := full(t)
	c, err := w.reader().Compare(t.Context(), other.ID, published.ID)
	require.NoError(t, err)
	require.Equal(t, 20.0, *c.KPIs.Figures[0].Absolute)
	require.True(t, c.Schema.Known)
	require.Len(t, c.Artifacts, 4)
	require.True(t, c.Artifacts[0].ByHash)
	_, err = w.reader().Compare(t.Context(), other.ID, uuid.New())
	var unknown *runs.UnknownRunError
	require.ErrorAs(t, err, &unknown)
	for _, part := range []string{"artifacts", "profile", "metadata"} {
		key := part
		if part != "artifacts" {
			key += " " + artifacts.RunsFolder + "/" + other.ID.String()
		}
		w.fail = map[string]error{key: errors.New(part)}
		_, err := w.reader().Compare(t.Context(), other.ID, published.ID)
		require.ErrorIs(t, err, w.fail[key])
	}
	w.fail = nil
	w.profiles, w.metadata = nil, nil
	c, err = w.reader().Compare(t.Context(), other.ID, published.ID)
	require.NoError(t, err, "what the lakehouse does not hold any more is left out")
	require.False(t, c.Schema.Known)
}

func TestARunIsPreviewedAgainstWhatIsPublished(t *testing.T) {
	w, published, other := full(t)
	now, err := w.reader().KPIs(t.Context(), other.ID)
	require.NoError(t, err)
	p, err := w.reader().RunPreview(t.Context(), &now, nil)
	require.NoError(t, err)
	require.Equal(t, -20.0, *p.Figures[0].Absolute)
	require.Nil(t, p.Rows.After)
	again, err := w.reader().RunAgainPreview(t.Context(), other.ID)
	require.NoError(t, err)
	require.Equal(t, p.Figures, again.Figures)
	same, err := w.reader().RunAgainPreview(t.Context(), published.ID)
	require.NoError(t, err)
	require.True(t, same.Figures[0].Same())
	require.Empty(t, same.Reasons)
	_, err = w.reader().RunAgainPreview(t.Context(), uuid.New())
	require.Error(t, err)
	w.fail = map[string]error{"kpis " + artifacts.CurrentFolder: errors.New("down")}
	_, err = w.reader().RunPreview(t.Context(), &now, nil)
	require.ErrorContains(t, err, "down")
	_, err = w.reader().RunAgainPreview(t.Context(), other.ID)
	require.ErrorContains(t, err, "down")
	w.fail = nil
	w.current, w.kpis, w.profiles[artifacts.CurrentFolder] = nil, nil, nil
	p, err = w.reader().RunPreview(t.Context(), &now, nil)
	require.NoError(t, err)
	require.True(t, p.Nothing)
}

func TestARestoreIsPreviewedAgainstWhatIsPublished(t *testing.T) {
	w, published, other := full(t)
	p, err := w.reader().RestorePreview(t.Context(), other.ID)
	require.NoError(t, err)
	require.True(t, p.CanRun)
	require.False(t, p.Nothing)
	require.Equal(t, -20.0, *p.KPIs.Figures[0].Absolute)
	p, err = w.reader().RestorePreview(t.Context(), published.ID)
	require.NoError(t, err)
	require.True(t, p.Nothing, "these files are published, by hash")
	for _, key := range []string{"files", "kpis " + artifacts.CurrentFolder, "profile " + artifacts.CurrentFolder, "metadata " + artifacts.RunsFolder + "/" + published.ID.String()} {
		w.fail = map[string]error{key: fmt.Errorf("%s", key)}
		_, err := w.reader().RestorePreview(t.Context(), other.ID)
		require.ErrorIs(t, err, w.fail[key], key)
	}
	w.fail = nil
	w.current, w.kpis, w.profiles[artifacts.CurrentFolder] = nil, nil, nil
	p, err = w.reader().RestorePreview(t.Context(), other.ID)
	require.NoError(t, err, "nothing has been published yet")
	require.True(t, p.CanRun)
	_, err = w.reader().RestorePreview(t.Context(), uuid.New())
	require.Error(t, err)
}

// TestARestoreIsPreviewedByTheManifest: what it names is published, whatever stands in current/ at the moment.
func TestARestoreIsPreviewedByTheManifest(t *testing.T) {
	w, published, other := full(t)
	of := map[string]map[string]string{}
	w.raw = map[string]string{}
	for _, r := range []runs.Run{published, other} {
		files := contracttest.Published(r.ID.String(), nil)
		of[r.ID.String()] = files
		folder := artifacts.RunsFolder + "/" + r.ID.String()
		for name, text := range files {
			w.raw[folder+"/"+name] = text
		}
		m, _ := contract.Decode[contract.Manifest]("", contracttest.Manifest(r.ID.String(), "", files))
		w.metadata[folder].Outputs, w.artifacts[r.ID] = m.Files, nil
		for _, f := range m.Files {
			w.artifacts[r.ID] = append(w.artifacts[r.ID], runs.Artifact{Path: folder + "/" + f.Name, Size: &f.SizeBytes})
		}
	}
	id := published.ID.String()
	const current = artifacts.CurrentFolder + "/"
	for name, text := range of[id] {
		w.raw[current+name] = text
	}
	w.raw[current+artifacts.ManifestFile] = string(contracttest.Manifest(id, "", of[id]))
	w.fail["files"] = errors.New("the folder is not listed")
	p, err := w.reader().RestorePreview(t.Context(), published.ID)
	require.NoError(t, err)
	require.True(t, p.Nothing)
	require.Empty(t, p.Problems)
	p, err = w.reader().RestorePreview(t.Context(), other.ID)
	require.NoError(t, err)
	require.True(t, p.CanRun && !p.Nothing)
	for _, f := range p.Files {
		require.Equal(t, []any{Changed, true}, []any{f.State, f.ByHash}, f.Name)
	}

	// A publication of the other run was killed after its kpis.json.
	w.raw[current+artifacts.KPIsFile] = of[other.ID.String()][artifacts.KPIsFile]
	k, err := w.reader().KPIs(t.Context(), uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, id, *k.RunID)
	p, err = w.reader().RestorePreview(t.Context(), published.ID)
	require.NoError(t, err)
	require.False(t, p.Nothing, "a restore puts current/ right")
	require.True(t, p.CanRun)
	require.ErrorContains(t, p.Problems[0], "a restore puts it right")

	// Its job failed after it was published, and the notebook could not say that it had succeeded.
	folder := artifacts.RunsFolder + "/" + id
	w.metadata[folder].Status = "started"
	for i := range w.runs {
		if w.runs[i].ID == published.ID {
			w.runs[i].Status, w.runs[i].KPIs = runs.Failed, contracttest.KPIs(nil)
		}
	}
	p, err = w.reader().RestorePreview(t.Context(), published.ID)
	require.NoError(t, err)
	require.True(t, p.CanRun, "it is what is published: %v", p.Problems)
	w.raw[current+artifacts.ManifestFile] = string(contracttest.Manifest(other.ID.String(), "", of[other.ID.String()]))
	p, err = w.reader().RestorePreview(t.Context(), published.ID)
	require.NoError(t, err)
	require.False(t, p.CanRun, "a run that says started and that no manifest names")

	// Nothing whole is there.
	w.raw[artifacts.RunsFolder+"/"+other.ID.String()+"/"+artifacts.ProfileFile] = "?"
	w.raw[current+artifacts.ProfileFile] = "?"
	p, err = w.reader().RestorePreview(t.Context(), other.ID)
	require.NoError(t, err)
	require.ErrorContains(t, p.Problems[len(p.Problems)-1], "New results are being published at this moment")
	_, err = w.reader().KPIs(t.Context(), uuid.Nil)
	require.NoError(t, err, "the figures are there")
}

func TestKPIsAreOfARunOrOfWhatIsPublished(t *testing.T) {
	w, published, other := full(t)
	k, err := w.reader().KPIs(t.Context(), other.ID)
	require.NoError(t, err)
	require.Equal(t, 80.0, k.TotalRevenue)
	k, err = w.reader().KPIs(t.Context(), uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, published.ID.String(), *k.RunID)
	failed := w.add(t, runs.Failed, 0, uuid.Nil)
	_, err = w.reader().KPIs(t.Context(), failed.ID)
	require.ErrorContains(t, err, "has no KPIs: it is FAILED")
	lost := w.add(t, runs.Succeeded, 0, uuid.Nil)
	_, err = w.reader().KPIs(t.Context(), lost.ID)
	require.ErrorContains(t, err, "the database does not hold the KPIs")
	_, err = w.reader().KPIs(t.Context(), uuid.New())
	require.Error(t, err)
	_, err = newTeam().reader().KPIs(t.Context(), uuid.Nil)
	require.ErrorContains(t, err, "nothing has been published yet")
	w.fail["kpis "+artifacts.CurrentFolder] = errors.New("away")
	_, err = w.reader().KPIs(t.Context(), uuid.Nil)
	require.ErrorContains(t, err, "away")
}

// TestWhatCanNotBeReadIsNamedAndNeverZero: a document that is not whole tells nothing, and why.
func TestWhatCanNotBeReadIsNamedAndNeverZero(t *testing.T) {
	for _, text := range []string{`{}`, `null`, `{"schema_version":2,"orders":0}`} {
		w, published, other := full(t)
		for i := range w.runs {
			if w.runs[i].ID == other.ID {
				w.runs[i].KPIs = json.RawMessage(text)
			}
		}
		_, err := w.reader().KPIs(t.Context(), other.ID)
		require.ErrorContains(t, err, "kpis.json of run "+other.ID.String()+" can't be read: it ")
		c, err := w.reader().Compare(t.Context(), other.ID, published.ID)
		require.NoError(t, err)
		require.Nil(t, c.KPIs.Figures[0].Before)
		require.True(t, c.Schema.Known, "the rest is compared")
		require.Len(t, c.Problems, 1)
		require.ErrorContains(t, c.Problems[0], "can't be read: it ")
		p, err := w.reader().RestorePreview(t.Context(), other.ID)
		require.NoError(t, err)
		require.True(t, p.CanRun)
		require.Equal(t, c.Problems, p.Problems)
	}
	w, _, other := full(t)
	w.raw = map[string]string{
		artifacts.CurrentFolder + "/" + artifacts.KPIsFile:                            `{}`,
		artifacts.CurrentFolder + "/" + artifacts.ProfileFile:                         `null`,
		artifacts.RunsFolder + "/" + other.ID.String() + "/" + artifacts.MetadataFile: `{"schema_version":2}`,
	}
	p, err := w.reader().RestorePreview(t.Context(), other.ID)
	require.NoError(t, err, "what is published is broken, and a restore mends it")
	require.True(t, p.CanRun)
	require.Len(t, p.Problems, 4)
	for _, said := range p.Problems[1:] {
		require.ErrorContains(t, said, "can't be read: it ")
	}
}
