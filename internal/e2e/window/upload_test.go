//go:build linux

package window

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/faults"
)

// staged is how many bytes of a file lie in Files/import under a name that nobody sees; whole tells whether it has its own.
func (w *world) staged(t *testing.T, name string) (bytes int64, whole bool) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(w.Lakehouse, "Files", "import"))
	require.NoError(t, err)
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		switch {
		case e.Name() == name:
			whole = true
		case strings.HasPrefix(e.Name(), "."+name):
			bytes += info.Size()
		}
	}
	return bytes, whole
}

// TestAnUploadIsPausedResumedAndSurvivesARestart goes to a slow lakehouse, by clicks.
func TestAnUploadIsPausedResumedAndSurvivesARestart(t *testing.T) {
	s := newScreen(t, 1360, 900)
	program := buildProgram(t)
	w := newWorld(t)
	const name = "large.csv"
	content := bytes.NewBufferString("order_id,note\n")
	for i := range 100_000 { // some 48 pieces, of which eight are on their way at a time
		fmt.Fprintf(content, "O-%06d,%02000d\n", i, i)
	}
	path := filepath.Join(w.samples, name)
	require.NoError(t, os.WriteFile(path, content.Bytes(), 0o600))
	slow := func(delay time.Duration) func() faults.Fault {
		return func() faults.Fault { return faults.Fault{Delay: delay} }
	}
	home := newHome(t)

	ana := s.openPortalOf(program, home, w.env("ana"))
	ana.untilShows("Free to run", time.Minute)
	ana.openFile(path, "100,000 rows")
	w.StandIn.Faults.Pick(faults.LakeWrite, slow(2400*time.Millisecond))
	ana.click("import.upload")
	ana.untilShows("Uploading large.csv: ", time.Minute)
	s.shot("uploading")
	ana.click("import.upload.pause")
	ana.untilShows("The upload of large.csv did not come to its end", time.Minute)
	s.shot("paused")
	paused, whole := w.staged(t, name)
	require.False(t, whole)
	require.Positive(t, paused, "what has arrived is kept")

	w.StandIn.Faults.Pick(faults.LakeWrite, slow(6*time.Second)) // so that it is under way when the window is closed
	ana.click("import.upload.resume")
	ana.untilShows("Uploading large.csv: ", time.Minute)
	ana.close()
	kept, whole := w.staged(t, name)
	require.False(t, whole)
	require.GreaterOrEqual(t, kept, paused)

	asked := len(w.StandIn.Faults.Requests(faults.LakeWrite))
	ana = s.openPortalOf(program, home, w.env("ana"))
	ana.untilShows("The upload of large.csv did not come to its end", time.Minute)
	s.shot("after-a-restart")
	w.StandIn.Faults.Pick(faults.LakeWrite, slow(0))
	ana.untilEnabled("import.upload.resume", time.Minute)
	ana.click("import.upload.resume")
	ana.untilShows("large.csv was uploaded", time.Minute)
	s.shot("uploaded")
	got, err := os.ReadFile(filepath.Join(w.Lakehouse, "Files", "import", name))
	require.NoError(t, err)
	require.True(t, bytes.Equal(content.Bytes(), got))
	left, _ := w.staged(t, name)
	require.Zero(t, left)
	sent := 0
	for _, r := range w.StandIn.Faults.Requests(faults.LakeWrite)[asked:] {
		at, err := url.Parse(r.Path)
		require.NoError(t, err)
		if at.Query().Get("action") == "append" {
			position, err := strconv.ParseInt(at.Query().Get("position"), 10, 64)
			require.NoError(t, err)
			require.GreaterOrEqual(t, position, kept, "what is there is not sent again")
			sent++
		}
	}
	require.Positive(t, sent)
}
