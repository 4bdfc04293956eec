package db_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A list tells of figures by day on which day they end; of others nothing.
func TestAListTellsWhereTheFiguresEnd(t *testing.T) {
	d := fresh(t)
	id := submitted(t, d)
	root := admin(t, plain)
	for kpis, until := range map[string]string{
		`{"orders":1,"time_series":{"granularity":"daily","points":[{"period":"2025-09-01"},{"period":"2025-09-26"}]}}`: "2025-09-26",
		`{"orders":1,"time_series":{"granularity":"monthly","points":[{"period":"2025-09"}]}}`:                          "",
		`{"orders":1,"time_series":{"granularity":"daily","points":[]}}`:                                                "",
		`{"orders":1,"time_series":{"granularity":"daily","points":[{"period":"2025-09-31x and more"}]}}`:               "",
		`{"orders":1}`: "", `[1]`: "", `"x"`: "",
	} {
		_, err := root.Exec(t.Context(), "update pipeline_runs set kpis = $1::text::jsonb where run_id = $2", kpis, id)
		require.NoError(t, err)
		list, err := d.ListRuns(t.Context(), nil, 1)
		require.NoError(t, err)
		require.Equal(t, until, list[0].Until, kpis)
		require.NotNil(t, list[0].KPIs)
	}
}
