package runs_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
)

func german() *contract.ReadOptions {
	return &contract.ReadOptions{SchemaVersion: 1, DecimalMark: ",", DateOrder: contract.DayFirst, Columns: map[string]string{"revenue": "Umsatz"}}
}

// TestHowAFileIsReadTravelsWithTheRun: what was looked at is what runs, and the run's events say so to everybody.
func TestHowAFileIsReadTravelsWithTheRun(t *testing.T) {
	w := newWorld(t)
	w.fabric.declared = []string{"input_file", "read_options", "run_id"}
	d := w.desktop("ana@PC-7")
	run, err := d.Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", SHA256: strings.Repeat("A", 64), RequestedBy: "ana", ReadOptions: german()})
	require.NoError(t, err)
	require.Len(t, w.fabric.jobs, 1)
	require.ElementsMatch(t, contract.IngestParameters, slices.Collect(maps.Keys(w.fabric.jobs[0].params)), "doctor looks whether the pipeline takes them")
	sent, ok := w.fabric.jobs[0].params["read_options"].(string)
	require.True(t, ok, "it is a text")
	back, err := contract.ParseReadOptions([]byte(sent))
	require.NoError(t, err)
	require.Equal(t, *german(), back)
	events, err := d.db.Events(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, german(), runs.ReadOptions(events.Rows))
	other := format.Writer{Text: func(text string) string {
		return map[string]string{"How the file is read: {{.How}}": "Gelesen: {{.How}}", "Decimal mark": "Dezimalzeichen"}[text]
	}}
	require.True(t, slices.ContainsFunc(events.Rows, func(e runs.Event) bool { return strings.HasPrefix(runs.MessageIn(e, other), "Gelesen: ") }), "the options' names are words too")
	require.Contains(t, w.said(run.ID), "How the file is read: Decimal mark: comma (1.234,50) · Order of dates: day first (31/12/2025) · Column revenue: Umsatz")
}

// TestAPlainFileNeedsNoParameter: an older pipeline goes on working for files that need nothing.
func TestAPlainFileNeedsNoParameter(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	require.Nil(t, contract.ReadOptions{SchemaVersion: 1}.ForRun(&contract.Reading{}))
	run, err := d.Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
	require.NoError(t, err)
	require.NotContains(t, w.fabric.jobs[0].params, "read_options")
	events, err := d.db.Events(t.Context(), run.ID)
	require.NoError(t, err)
	require.Nil(t, runs.ReadOptions(events.Rows))
}

// TestWhatIsFoundNeedsAPipelineThatFindsIt: nothing was decided, but an old pipeline would read the file otherwise.
func TestWhatIsFoundNeedsAPipelineThatFindsIt(t *testing.T) {
	how := contract.ReadOptions{}.ForRun(&contract.Reading{Found: []contract.Found{{Option: "decimal_mark", Source: contract.SourceFound}}})
	require.NotNil(t, how)
	w := newWorld(t)
	w.fabric.declared = []string{"input_file", "run_id"}
	d := w.desktop("ana@PC-7")
	_, err := d.Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana", ReadOptions: how})
	var refused *runs.RefusedError
	require.ErrorAs(t, err, &refused)
	require.Contains(t, refused.Sentence, "the deployed pipeline is too old")
	w.fabric.declared = []string{"input_file", "read_options", "run_id"}
	run, err := d.Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana", ReadOptions: how})
	require.NoError(t, err)
	require.Equal(t, `{"schema_version":1}`, w.fabric.jobs[0].params["read_options"])
	require.Contains(t, w.said(run.ID), "How the file is read: as found")
}

// TestAFileIsRunAgainAsItWasRead: what was accepted of one content does not count for another one.
func TestAFileIsRunAgainAsItWasRead(t *testing.T) {
	for name, same := range map[string]bool{"same content": true, "another content": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.fabric.declared = []string{"read_options"}
			d := w.desktop("ana@PC-7")
			first := *german()
			first.AcceptMissing = true
			run, err := operator(d, "ana").Run(t.Context(), "sales.xlsx", &first)
			require.NoError(t, err)
			w.leave(run.ID)
			w.job(func(j *fakeJob) { j.status = pipelines.Completed })
			w.until(d, 5*time.Second, runs.Ended)
			want, now := first, hashes{"sales.xlsx": strings.Repeat("A", 64)}
			if !same {
				want, now = *german(), hashes{}
			}
			_, err = runs.NewOperator(d.Runs, "ben", now).RunAgain(t.Context(), run.ID)
			require.NoError(t, err)
			require.Len(t, w.fabric.jobs, 2)
			got, err := contract.ParseReadOptions([]byte(w.fabric.jobs[1].params["read_options"].(string)))
			require.NoError(t, err)
			require.Equal(t, want, got)
			hash, known := w.fabric.jobs[1].params["input_sha256"]
			require.Equal(t, same, known, "nothing is said of a content that is not known")
			if known {
				require.Equal(t, strings.Repeat("a", 64), hash)
			}
			_, err = runs.NewOperator(d.Runs, "ben", now).RunAgain(t.Context(), uuid.New())
			require.Error(t, err)
		})
	}
}

// TestAnOldPipelineIsNotToldInVain: Fabric would drop the parameter without a word, and the figures would be others.
func TestAnOldPipelineIsNotToldInVain(t *testing.T) {
	for name, tc := range map[string]struct {
		err  error
		says string
	}{
		"without the parameter":      {nil, "the deployed pipeline is too old"},
		"definition may not be read": {&pipelines.UnauthorizedError{HTTPStatus: 403, Sentence: "no"}, "Contributor role"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.fabric.declared, w.fabric.declaredErr = []string{"input_file", "run_id"}, tc.err
			_, err := w.desktop("ana@PC-7").Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana", ReadOptions: german()})
			var refused *runs.RefusedError
			require.ErrorAs(t, err, &refused)
			require.Contains(t, refused.Sentence, tc.says)
			require.Zero(t, w.fabric.posts)
			require.Zero(t, w.count("select count(*) from pipeline_runs"), "nothing was recorded, and the lock is free")
		})
	}
}
