package timeline

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/runs"
)

func messages(rows []Row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.message)
	}
	return out
}

// Of very many events the newest are drawn, in either order, and it is said how many are not.
func TestOfVeryManyEventsTheNewestAreDrawn(t *testing.T) {
	now := time.Now()
	var oldest runs.Events
	for i := range most + 5 {
		oldest.Rows = append(oldest.Rows, runs.Event{ID: uuid.New(), Time: now, Type: runs.Log, Message: fmt.Sprint(i)})
	}
	oldest.Hidden = 1000
	last := fmt.Sprint(most + 4)
	archive := messages(FromBeginning(oldest, now))
	require.Len(t, archive, most+1)
	require.Equal(t, []string{"1,005 older events are not shown.", "5"}, archive[:2])
	require.Equal(t, last, archive[most])

	newest := slices.Clone(oldest.Rows)
	slices.Reverse(newest)
	monitor := messages(Newest(newest, oldest.Hidden, now))
	require.Equal(t, last, monitor[0])
	require.Equal(t, "1,005 older events are not shown.", monitor[most])
	require.Equal(t, []string{last}, messages(Newest(newest[:1], 0, now)))
}
