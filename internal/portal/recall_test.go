package portal

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/runs"
)

// open is a file whose amounts can be read in two ways.
const open = "order_id,order_date,revenue\nA-1,2025-12-01,1.234\nA-2,2025-12-02,2.345\n"

// colleague is one earlier run, with what was given with it.
type colleague struct {
	run   runs.Run
	given string
}

func (c colleague) ListRuns(context.Context, *runs.Run, int) ([]runs.Run, error) {
	return []runs.Run{c.run}, nil
}

func (c colleague) Events(context.Context, uuid.UUID) (runs.Events, error) {
	return runs.Events{Rows: []runs.Event{{Type: runs.Log, Message: `portal:v1 {"ev":"read_options","read_options":` + c.given + `}`}}}, nil
}

func TestAnAnswerHoldsForTheNextFileWithTheseHeaders(t *testing.T) {
	p := deskOn(t, map[string]string{})
	p.past = colleague{}
	path := write(t, filepath.Join(t.TempDir(), "december.csv"), open)
	first, err := p.AnalyzeLocal(t.Context(), path, analysis.Options{}, true)
	require.NoError(t, err)
	require.Len(t, first.Reading.Questions, 1)
	require.Nil(t, first.Recalled.Record)
	answer := contract.ReadOptions{SchemaVersion: 1, DecimalMark: ",", AcceptMissing: true}
	require.NoError(t, p.KeepReading(t.Context(), first.Recalled.Shape, first.Profile, answer))

	next := write(t, filepath.Join(t.TempDir(), "january.csv"), open)
	found, err := p.AnalyzeLocal(t.Context(), next, analysis.Options{}, true)
	require.NoError(t, err)
	require.Empty(t, found.Reading.Questions)
	require.Equal(t, 3579.0, found.KPIs.TotalRevenue)
	require.Equal(t, contract.ReadOptions{SchemaVersion: 1, DecimalMark: ","}, found.Recalled.Given, "what is missing was accepted of one file only")
	require.NotNil(t, found.Recalled.Record)

	found, err = p.AnalyzeLocal(t.Context(), next, analysis.Options{Read: contract.ReadOptions{SchemaVersion: 1, DecimalMark: "."}}, true)
	require.NoError(t, err)
	require.Equal(t, 3.58, found.KPIs.TotalRevenue, "what is given goes before")
	found, err = p.AnalyzeLocal(t.Context(), next, analysis.Options{}, false)
	require.NoError(t, err)
	require.Len(t, found.Reading.Questions, 1, "nothing is recalled where nobody asked")

	// What this file can't follow is left, and it is read as it is found.
	require.NoError(t, p.KeepReading(t.Context(), first.Recalled.Shape, first.Profile, contract.ReadOptions{SchemaVersion: 1, DecimalMark: ",", HeaderRow: 40}))
	found, err = p.AnalyzeLocal(t.Context(), next, analysis.Options{}, true)
	require.NoError(t, err)
	require.Nil(t, found.Recalled.Record)
	require.Len(t, found.Reading.Questions, 1)
}

func TestAColleaguesAnswerHoldsWhereSomethingIsOpen(t *testing.T) {
	at := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	before := colleague{runs.Run{ID: uuid.New(), Status: runs.Succeeded, TriggeredBy: "ben", FinishedAt: &at}, `{"schema_version":1,"decimal_mark":","}`}
	meta, err := json.Marshal(contracttest.WholeMetadata(contract.RunMetadata{
		RunID: before.run.ID.String(), Headers: []string{"order_id", "order_date", "revenue"}, ReadOptions: &contract.ReadOptions{SchemaVersion: 1, DecimalMark: ","},
	}))
	require.NoError(t, err)
	file := artifacts.File{Name: "december.csv", Path: artifacts.ImportFolder + "/december.csv", ETag: "1", Size: int64(len(open))}
	p := deskOn(t, map[string]string{
		file.Path: open, artifacts.RunsFolder + "/" + before.run.ID.String() + "/" + artifacts.MetadataFile: string(meta),
	})
	p.past = before
	found, err := p.AnalyzeRemote(t.Context(), file, analysis.Options{}, true)
	require.NoError(t, err)
	require.Empty(t, found.Reading.Questions)
	require.Equal(t, 3579.0, found.KPIs.TotalRevenue)
	require.Equal(t, "ben", found.Recalled.Record.By)
	require.Equal(t, before.run.ID.String(), found.Recalled.Record.Run)
}
