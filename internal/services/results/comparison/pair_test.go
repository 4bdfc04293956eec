package comparison

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/runs"
)

func TestTheRunsToCompareAreFound(t *testing.T) {
	w := newTeam()
	pair := func(before, after uuid.UUID) (ids [2]uuid.UUID, err error) {
		sides, err := w.reader().Pair(t.Context(), before, after)
		return [2]uuid.UUID{sides[0].Run.ID, sides[1].Run.ID}, err
	}
	_, err := pair(uuid.Nil, uuid.Nil)
	require.ErrorContains(t, err, "nothing has been published yet")

	first := w.add(t, runs.Succeeded, 1, uuid.Nil)
	_, err = pair(uuid.Nil, first.ID)
	require.ErrorContains(t, err, "there is no earlier run with figures")
	second := w.add(t, runs.Succeeded, 2, uuid.Nil)
	w.add(t, runs.Failed, 0, uuid.Nil)
	third := w.add(t, runs.Succeeded, 3, uuid.Nil)
	restore := w.add(t, runs.Succeeded, 1, first.ID) // of the first one
	again := w.add(t, runs.Succeeded, 1, first.ID)

	for name, c := range map[string]struct{ before, after, wantBefore, wantAfter uuid.UUID }{
		"both are named":                       {second.ID, first.ID, second.ID, first.ID},
		"the run before, not the failed one":   {uuid.Nil, third.ID, second.ID, third.ID},
		"a restore is compared with the other": {uuid.Nil, restore.ID, third.ID, restore.ID},
		"two restores of the same":             {uuid.Nil, again.ID, third.ID, again.ID},
	} {
		ids, err := pair(c.before, c.after)
		require.NoError(t, err, name)
		require.Equal(t, [2]uuid.UUID{c.wantBefore, c.wantAfter}, ids, name)
	}
	last := w.add(t, runs.Succeeded, 9, uuid.Nil)
	ids, err := pair(uuid.Nil, last.ID)
	require.NoError(t, err)
	require.Equal(t, first.ID, ids[0], "the rows of a restore are those of the run that it restored")

	_, err = pair(uuid.New(), first.ID)
	require.ErrorAs(t, err, new(*runs.UnknownRunError))

	full, published, _ := full(t)
	sides, err := full.reader().Pair(t.Context(), published.ID, uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, published.ID, sides[1].Run.ID)
	require.NotNil(t, sides[1].KPIs)
}
