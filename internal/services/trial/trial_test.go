package trial

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

var errAway = errors.New("it does not answer")

func failing(found map[string]doctor.Check) (names []string) {
	for name, c := range found {
		if !c.OK {
			names = append(names, name)
		}
	}
	return names
}

// bench is a lakehouse in memory, and runs that publish in it.
type bench struct {
	t       *testing.T
	files   map[string]string // content by path; its length serves as its tag
	status  map[uuid.UUID]runs.Status
	revenue float64
	ends    runs.Status // of the trial's run
	lacks   string      // an output that the trial's run does not leave
	follow  error
	restore error
	start   error
	between func() // when the trial's run has ended
	ran     []uuid.UUID
	said    []string
	older   bool // the notebook writes no manifest
}

func newBench(t *testing.T) *bench {
	return &bench{t: t, files: map[string]string{}, status: map[uuid.UUID]runs.Status{}, revenue: trialRevenue, ends: runs.Succeeded}
}

// publish puts a run's figures into current/ and its own folder.
func (b *bench) publish(run uuid.UUID, revenue float64) {
	b.status[run] = runs.Succeeded
	id := run.String()
	k := contracttest.KPIs(func(k *contract.KPIs) { k.RunID, k.Orders, k.TotalRevenue = &id, trialOrders, revenue })
	for _, name := range trialOutputs {
		content := id
		if name == artifacts.KPIsFile {
			content = string(k)
		}
		b.files[artifacts.CurrentFolder+"/"+name] = content
		if name != b.lacks {
			b.files[artifacts.RunsFolder+"/"+id+"/"+name] = content
		}
	}
	if !b.older {
		published := map[string]string{artifacts.KPIsFile: string(k), artifacts.ProfileFile: id, artifacts.CSVFile: id, artifacts.ParquetFile: id}
		b.files[artifacts.CurrentFolder+"/"+artifacts.ManifestFile] = string(contracttest.Manifest(id, "", published))
	}
}

func (b *bench) Run(_ context.Context, input string, how *contract.ReadOptions) (runs.Run, error) {
	require.Nil(b.t, how)
	require.Equal(b.t, trialContent, b.files[artifacts.ImportFolder+"/"+input])
	if b.start != nil {
		return runs.Run{}, b.start
	}
	id := uuid.New()
	b.ran = append(b.ran, id)
	return runs.Run{ID: id, Status: runs.Queued}, nil
}

func (b *bench) Follow(_ context.Context, id uuid.UUID, seen func(runs.State)) (runs.Run, error) {
	if b.follow != nil {
		return runs.Run{}, b.follow
	}
	run := runs.Run{ID: id, Status: b.status[id]}
	if id == b.ran[0] {
		if run.Status, run.ErrorMessage = b.ends, "the notebook broke"; b.ends == runs.Succeeded {
			b.publish(id, b.revenue)
		}
		if b.between != nil {
			b.between()
		}
	}
	seen(runs.State{Run: run})
	return run, nil
}

func (b *bench) Restore(_ context.Context, source uuid.UUID) (runs.Run, error) {
	if b.restore != nil {
		return runs.Run{}, b.restore
	}
	b.publish(source, 5)
	id := uuid.New()
	b.status[id] = runs.Succeeded
	return runs.Run{ID: id}, nil
}

func (b *bench) State(_ context.Context, id uuid.UUID) (runs.State, error) {
	s, ok := b.status[id]
	if !ok {
		return runs.State{}, runs.ErrNoRun
	}
	return runs.State{Run: runs.Run{ID: id, Status: s}}, nil
}

func (b *bench) Artifacts(_ context.Context, id uuid.UUID) (out runs.Artifacts, _ error) {
	for p := range b.files {
		if strings.HasPrefix(p, artifacts.RunsFolder+"/"+id.String()+"/") {
			out.Rows = append(out.Rows, runs.Artifact{Path: p})
		}
	}
	return out, nil
}

func (b *bench) ListImport(context.Context) ([]artifacts.File, error) {
	return nil, errors.ErrUnsupported
}
func (b *bench) List(context.Context, string) ([]artifacts.File, error) {
	return nil, errors.ErrUnsupported
}
func (b *bench) Stat(_ context.Context, path string) (artifacts.File, error) {
	content, ok := b.files[path]
	if !ok {
		return artifacts.File{}, &artifacts.NotFoundError{Path: path}
	}
	return artifacts.File{Path: path, Size: int64(len(content)), ETag: content}, nil
}

func (b *bench) Open(ctx context.Context, path string) (io.ReadCloser, artifacts.File, error) {
	f, err := b.Stat(ctx, path)
	return io.NopCloser(strings.NewReader(b.files[path])), f, err
}

func (b *bench) Upload(ctx context.Context, name string, r io.ReaderAt, size int64, _ artifacts.UploadOptions) (artifacts.File, error) {
	content, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	b.files[artifacts.ImportFolder+"/"+name] = string(content)
	if err != nil {
		return artifacts.File{}, err
	}
	return b.Stat(ctx, artifacts.ImportFolder+"/"+name)
}

func (b *bench) Remove(_ context.Context, f artifacts.File) error {
	if b.files[f.Path] != f.ETag {
		return &artifacts.LeftError{Path: f.Path, Err: errAway}
	}
	delete(b.files, f.Path)
	return nil
}

func (b *bench) do(replace bool) map[string]doctor.Check {
	out := map[string]doctor.Check{}
	for _, c := range (Trial{Runs: b, Files: b, Replace: replace, Said: func(s string) { b.said = append(b.said, s) }}).Do(b.t.Context()) {
		out[c.Name] = c
	}
	return out
}

// in are the paths below a folder.
func (b *bench) in(folder string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(b.files)), func(p string) bool { return !strings.HasPrefix(p, folder+"/") })
}

func TestATrialTakesBackWhatItPublished(t *testing.T) {
	for _, older := range []bool{false, true} {
		b := newBench(t)
		b.older = older
		require.Empty(t, failing(b.do(false)))
		require.Len(t, b.ran, 1)
		require.Empty(t, b.in(artifacts.CurrentFolder), "nothing was published before")
		require.Empty(t, b.in(artifacts.ImportFolder))
	}
}

// TestWhatIsTakenAwayIsWholeUntilItIsGone: the manifest goes last, and the run's folder has the files that are gone already.
func TestWhatIsTakenAwayIsWholeUntilItIsGone(t *testing.T) {
	b, run := newBench(t), uuid.New()
	trial := Trial{Runs: b, Files: b}
	b.publish(run, 5)
	seen, err := trial.look(t.Context())
	require.NoError(t, err)
	require.Len(t, seen, len(trialOutputs)+1)
	for _, f := range seen {
		now, err := trial.published(t.Context())
		require.NoError(t, err)
		require.Equal(t, run, now, "before %s goes", f.Path)
		require.NoError(t, trial.unpublish(t.Context(), []artifacts.File{f}))
	}
	now, err := trial.published(t.Context())
	require.NoError(t, err)
	require.Equal(t, uuid.Nil, now)
}

func TestATrialRestoresWhatWasPublished(t *testing.T) {
	b := newBench(t)
	before := uuid.New()
	b.publish(before, 5)
	was := maps.Clone(b.files)
	refused := b.do(false)
	require.Equal(t, []string{"trial"}, failing(refused))
	require.Contains(t, refused["trial"].Message, "--trial --replace")
	require.Empty(t, b.ran)
	require.Equal(t, was, b.files, "nothing was touched")

	require.Empty(t, failing(b.do(true)))
	for path, content := range was {
		require.Equal(t, content, b.files[path], path)
	}
}

func TestATrialThatGoesWrong(t *testing.T) {
	before, other := uuid.New(), uuid.New()
	for name, trial := range map[string]struct {
		spoil     func(b *bench)
		part      string
		says      string
		published uuid.UUID // what is, at the end
	}{
		"what is published has no run": {func(b *bench) { delete(b.status, before) }, "trial", "could not be put back", before},
		"what is published failed":     {func(b *bench) { b.status[before] = runs.Failed }, "trial", "is FAILED", before},
		"what is published is no document": {func(b *bench) {
			b.files[artifacts.CurrentFolder+"/"+artifacts.KPIsFile] = "?"
			delete(b.files, artifacts.CurrentFolder+"/"+artifacts.ManifestFile)
		}, "trial", "can't be read", uuid.Nil},
		"it is being published": {func(b *bench) {
			b.files[artifacts.CurrentFolder+"/"+artifacts.KPIsFile] = "?"
			b.files[artifacts.RunsFolder+"/"+before.String()+"/"+artifacts.KPIsFile] = "?"
		}, "trial", "new results are being published", uuid.Nil},
		"the lock is held":             {func(b *bench) { b.start = errAway }, "trial's run", "It does not answer.", before},
		"the run fails":                {func(b *bench) { b.ends = runs.Failed }, "trial's run", "the notebook broke", before},
		"an output is missing":         {func(b *bench) { b.lacks = artifacts.ParquetFile }, "trial's figures", "left no sales_cleaned.parquet", before},
		"the figures are wrong":        {func(b *bench) { b.revenue = 31 }, "trial's figures", "orders 2, revenue 31.00; right is 2, 30.75", before},
		"the restore is refused":       {func(b *bench) { b.restore = errAway }, "published before", "“portal-desktop restore " + before.String() + "”", uuid.Nil},
		"the user gives up":            {func(b *bench) { b.follow = context.Canceled }, "trial's run", "“portal-desktop restore " + before.String() + "” then puts back", before},
		"somebody publishes meanwhile": {func(b *bench) { b.between = func() { b.publish(other, 7) } }, "", "", other},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.publish(before, 5)
			trial.spoil(b)
			found := b.do(true)
			if trial.part == "" {
				require.Empty(t, failing(found))
				require.Contains(t, found["published before"].Message, "left as it is")
			} else {
				require.Contains(t, failing(found), trial.part)
				require.Contains(t, found[trial.part].Message, trial.says)
			}
			if trial.published != uuid.Nil {
				require.Contains(t, b.files[artifacts.CurrentFolder+"/"+artifacts.KPIsFile], trial.published.String())
			}
			if b.follow == nil {
				require.Empty(t, b.in(artifacts.ImportFolder), "the trial's file does not stay")
			} else {
				require.Len(t, b.in(artifacts.ImportFolder), 1, "a run that goes on needs its file")
			}
		})
	}
}

// TestNothingNewerIsTakenAway has somebody publish between the look at the files and their removal.
func TestNothingNewerIsTakenAway(t *testing.T) {
	b := newBench(t)
	trial := Trial{Runs: b, Files: b}
	b.publish(uuid.New(), 5)
	seen, err := trial.look(t.Context())
	require.NoError(t, err)
	b.publish(uuid.New(), 77777)
	require.Error(t, trial.unpublish(t.Context(), seen))
	require.Len(t, b.in(artifacts.CurrentFolder), len(trialOutputs)+1)
}
