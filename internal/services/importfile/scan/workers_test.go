package scan

import (
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

var errInjected = errors.New("injected")

// TestAPanicInTheCountingReachesTheOwner: whichever worker meets it, none waits for it.
func TestAPanicInTheCountingReachesTheOwner(t *testing.T) {
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	for at := range int64(40) {
		var counted atomic.Int64
		c := newWorkers(20, func(*Batch, int, int, int, bool) {
			if counted.Add(1) == at+1 {
				panic(errInjected)
			}
		})
		err := func() (err error) {
			defer spreadsheet.Recovered("a/orders.csv", &err)
			defer c.stop()
			for range 20 {
				for c.full() {
					c.first()
				}
				c.put(&Batch{Batch: cells.Batch{Rows: make([]cells.Row, 1)}})
			}
			for c.first() != nil {
			}
			return nil
		}()
		require.ErrorIs(t, err, errInjected)
		require.Contains(t, err.Error(), "orders.csv")
	}
}
