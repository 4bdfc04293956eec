package shapes_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/services/desktop/shapes"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

type past []runs.Run

// decided is what was given with a run, by its id.
var decided = map[uuid.UUID]*contract.ReadOptions{}

func (p past) Events(_ context.Context, id uuid.UUID) (runs.Events, error) {
	o := decided[id]
	if o == nil {
		return runs.Events{}, nil
	}
	options, err := json.Marshal(o)
	return runs.Events{Rows: []runs.Event{{RunID: id, Type: runs.Log, Message: `portal:v1 {"ev":"read_options","read_options":` + string(options) + `}`}}}, err
}

func (p past) ListRuns(context.Context, *runs.Run, int) ([]runs.Run, error) {
	if p == nil {
		return nil, errors.New("the database does not answer")
	}
	return p, nil
}

type lake map[string]string

func (l lake) Open(_ context.Context, path string) (io.ReadCloser, artifacts.File, error) {
	text, ok := l[path]
	if !ok {
		return nil, artifacts.File{}, &artifacts.NotFoundError{Path: path}
	}
	return io.NopCloser(strings.NewReader(text)), artifacts.File{Path: path, Size: int64(len(text))}, nil
}

func (l lake) put(t *testing.T, id uuid.UUID, headers []string, o *contract.ReadOptions) {
	t.Helper()
	data, err := json.Marshal(contracttest.WholeMetadata(contract.RunMetadata{RunID: id.String(), Headers: headers, ReadOptions: o}))
	require.NoError(t, err)
	l[artifacts.RunsFolder+"/"+id.String()+"/"+artifacts.MetadataFile] = string(data)
}

// TestAColleagueNeedNotAnswerAgain: the last successful run of a file with the same headers says how it was read.
func TestAColleagueNeedNotAnswerAgain(t *testing.T) {
	at := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	run := func(s runs.Status) runs.Run {
		return runs.Run{ID: uuid.New(), Status: s, TriggeredBy: "ben", FinishedAt: &at}
	}
	failed, other, older, right, rightBefore := run(runs.Failed), run(runs.Succeeded), run(runs.Succeeded), run(runs.Succeeded), run(runs.Succeeded)
	files := lake{}
	o := german
	o.AcceptMissing = true
	files.put(t, failed.ID, headers, &contract.ReadOptions{SchemaVersion: 1, DecimalMark: "."})
	files.put(t, other.ID, []string{"order_id"}, &contract.ReadOptions{SchemaVersion: 1, DecimalMark: "."})
	files[artifacts.RunsFolder+"/"+older.ID.String()+"/"+artifacts.MetadataFile] = `{"schema_version":1}`
	used := o // with what the notebook found besides, which it finds in the next file, too
	used.DateOrder, used.RowIs = contract.DayFirst, contract.RowIsOrderLine
	files.put(t, right.ID, headers, &used)
	decided[right.ID] = &o
	files.put(t, rightBefore.ID, headers, &contract.ReadOptions{SchemaVersion: 1})
	got, known, err := shapes.FromRuns(t.Context(), past{failed, other, older, right, rightBefore}, files, headers)
	require.NoError(t, err)
	require.True(t, known)
	require.Equal(t, shapes.Record{Headers: headers, Options: german, By: "ben", At: at, Run: right.ID.String()}, got)

	_, known, err = shapes.FromRuns(t.Context(), past{failed, other, older}, files, headers)
	require.NoError(t, err)
	require.False(t, known)
	_, _, err = shapes.FromRuns(t.Context(), past(nil), files, headers)
	require.Error(t, err)
}
