package probe

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestThePulseNotesWhenTheWindowWasBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pulse")
	t.Setenv(PulseVariable, path)
	p := PulseFromEnvironment()
	ctx, cancel := context.WithCancel(t.Context())
	work := make(chan func())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.Keep(ctx, func(f func()) {
			select {
			case work <- f:
			case <-ctx.Done():
			}
		})
	}()
	for i := range 3 { // the window's goroutine is the test's
		f := <-work
		if i == 1 {
			<-time.After(3 * frame)
		}
		f()
	}
	cancel()
	<-ended
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	for line := range strings.Lines(string(data)) {
		require.Len(t, strings.Fields(line), 3, "when, how long, and of it computing")
	}
	require.NotEmpty(t, data)
	t.Setenv(PulseVariable, "")
	require.Nil(t, PulseFromEnvironment())
}
