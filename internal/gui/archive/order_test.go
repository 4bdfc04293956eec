package archive

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func took(n int, d time.Duration) runs.Run {
	end := noon.Add(d)
	return runs.Run{ID: uuid.NewSHA1(uuid.Nil, []byte{byte(n)}), CreatedAt: noon.Add(-time.Duration(n) * time.Hour), StartedAt: &noon, FinishedAt: &end, Status: runs.Succeeded, PipelineItemID: "one pipeline for both"}
}

// What restores take says nothing of how long runs take, also where one pipeline does both: then what is recorded tells them apart.
func TestRestoresSayNothingOfHowLongRunsTake(t *testing.T) {
	l := listing{beside: runs.Beside{Sources: map[uuid.UUID]uuid.UUID{}}}
	for n := range 6 {
		r := took(n, 4*time.Minute+time.Duration(n)*time.Second)
		restore := took(n+100, 20*time.Second)
		l.runs = append(l.runs, r, restore)
		l.beside.Sources[restore.ID] = r.ID
	}
	for _, row := range l.rows(noon) {
		require.Equal(t, comparison.Usual, row.unusual, row)
	}
	l.runs = append(l.runs, took(50, 20*time.Second))
	rows := l.rows(noon)
	require.Equal(t, comparison.Short, rows[len(rows)-1].unusual, "a run that takes as long as a restore")
	for figure := range duration + 1 {
		for _, p := range trendOf(l, figure, noon) {
			require.GreaterOrEqual(t, p.value, 20.0)
		}
	}
	require.Len(t, trendOf(l, duration, noon), 7, "runs alone")
}

func TestARunsLastMonthIsOver(t *testing.T) {
	for _, c := range []struct{ until, computed, open string }{
		{"2025-09-26", "2025-10-02", "2025-09-26"}, {"2025-09-30", "2025-10-02", ""}, {"2024-02-28", "", "2024-02-28"}, {"2024-02-29", "", ""},
		{"2025-09-30", "2025-09-30", "2025-09-30"}, {"", "", ""},
	} {
		require.Equal(t, c.open, notOver(runs.Run{Until: c.until}, told{computed: c.computed}), c)
	}
}

// Runs of files whose names look alike are of different files: each says how it is spelled, the others are as they are.
func TestRunsOfFilesThatLookAlikeAreToldApart(t *testing.T) {
	l := listing{}
	for n, name := range []string{"März.csv", "Ma\u0308rz.csv", "April.csv", "March.csv", "Mar\u200bch.csv"} {
		r := took(n, time.Minute)
		r.InputFile = name
		l.runs = append(l.runs, r)
	}
	files := map[string]bool{}
	for _, row := range l.rows(noon) {
		files[row.file] = true
	}
	require.Equal(t, map[string]bool{"März.csv": true, "Ma‹U+0308›rz.csv": true, "April.csv": true, "March.csv": true, "Mar‹U+200B›ch.csv": true}, files)
}
