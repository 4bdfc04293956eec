package services

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/portal"
	"fabricportal/internal/services/doctor"
)

// TestATrialLeavesWhatIsPublishedAsItWas runs the trial by real notebooks where figures are published, which it must be allowed to replace for a while.
func TestATrialLeavesWhatIsPublishedAsItWas(t *testing.T) {
	w := open(t)
	trial := func(replace bool) map[string]doctor.Check {
		out := map[string]doctor.Check{}
		for _, c := range portal.Trial(t.Context(), portal.Options{Version: "9.9.9"}, replace, func(said string) { t.Log(said) }) {
			t.Log(c.Name, c.OK, c.Message)
			out[c.Name] = c
		}
		inputs, err := os.ReadDir(filepath.Join(w.Lakehouse, "Files", "import"))
		require.NoError(t, err)
		for _, f := range inputs {
			require.False(t, strings.Contains(f.Name(), "trial"), "%s stays", f.Name())
		}
		return out
	}
	ok := func(found map[string]doctor.Check, names ...string) {
		t.Helper()
		require.Len(t, found, len(names))
		for _, name := range names {
			require.Contains(t, found, name)
			require.True(t, found[name].OK, found[name].Message)
		}
	}
	for _, c := range portal.Doctor(t.Context(), portal.Options{Version: "9.9.9"}, doctor.Manner{}) {
		require.True(t, c.OK, "%s: %s", c.Name, c.Message)
	}

	const sample = "sales_orders_small.csv"
	require.NoError(t, os.WriteFile(filepath.Join(w.samples, sample), []byte("order_id,order_date,revenue\nA-1,2026-02-01,5.00\n"), 0o600))
	w.upload(t, sample)
	real, err := w.portal.Run(t.Context(), sample, nil)
	require.NoError(t, err)
	w.follow(t, real)
	refused := trial(false)
	require.Len(t, refused, 1)
	require.False(t, refused["trial"].OK)
	require.Contains(t, refused["trial"].Message, "“doctor --trial --replace”")

	ok(trial(true), "trial", "trial's upload", "trial's run", "trial's figures", "published before", "trial's file")
	k, err := w.portal.KPIs(t.Context(), uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, real.ID.String(), *k.RunID, "what was published is published again")
}
