package cli

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
)

// uploadsPortal is a portal with an upload that did not come to its end, and two that others left.
type uploadsPortal struct {
	Portal
	begun     []imports.Unfinished
	hows      []imports.How
	discarded []string
	removed   []string
}

func (u *uploadsPortal) Close() {}

func (u *uploadsPortal) Unfinished() ([]imports.Unfinished, error) { return u.begun, nil }

func (u *uploadsPortal) Upload(_ context.Context, path string, how imports.How, _ func(sent, total int64)) (artifacts.File, error) {
	u.hows = append(u.hows, how)
	if filepath.Base(path) == "changed.csv" && !how.Anew {
		return artifacts.File{}, &artifacts.SourceChangedError{Name: "changed.csv", Begun: true}
	}
	return artifacts.File{Name: filepath.Base(path), Path: "Files/import/" + filepath.Base(path), Size: 9}, nil
}

func (u *uploadsPortal) Discard(_ context.Context, of imports.Unfinished) error {
	u.discarded = append(u.discarded, of.Path)
	return nil
}

func (u *uploadsPortal) LeftStaging(context.Context) ([]artifacts.File, error) {
	return []artifacts.File{{Name: ".a.part", Path: "Files/import/.a.part", Size: 5, Modified: noon}, {Name: ".b.part", Path: "Files/import/.b.part", Size: 6, Modified: noon}}, nil
}

func (u *uploadsPortal) RemoveStaging(_ context.Context, file artifacts.File) error {
	if file.Name == ".b.part" {
		return &artifacts.YoungError{Name: "b.csv"}
	}
	u.removed = append(u.removed, file.Name)
	return nil
}

func TestUploadsThatDidNotComeToTheirEnd(t *testing.T) {
	path, err := filepath.Abs("large.csv")
	require.NoError(t, err)
	u := &uploadsPortal{begun: []imports.Unfinished{{Path: path, Size: 1 << 30, Begun: noon.Add(time.Hour), Staged: artifacts.Staged{Arrived: 600 << 20}}}}
	p := Program{Open: func(context.Context, string) (Portal, error) { return u, nil }}

	got := execute(t, p, "uploads")
	require.Equal(t, ExitDone, got.code, got.err)
	for _, want := range []string{path, "629,145,600 of 1,073,741,824", "goes on with “upload”", "Files/import/.a.part", "left over"} {
		require.Contains(t, got.out, want)
	}
	got = execute(t, p, "uploads", "--json")
	require.Contains(t, got.out, `"arrived_bytes": 629145600`)
	require.Contains(t, got.out, `"left_over"`)

	got = execute(t, p, "upload", "large.csv")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Contains(t, got.err, "going on with the upload of large.csv: 629.1 MB of 1.1 GB are in the lakehouse already")
	got = execute(t, p, "upload", "large.csv", "--from-start", "--overwrite")
	require.NotContains(t, got.err, "going on")
	got = execute(t, p, "upload", "changed.csv")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Contains(t, got.err, "changed.csv was changed since its upload was begun: it is uploaded as it is now, from the start")
	require.Equal(t, []imports.How{{}, {Anew: true, Overwrite: true}, {}, {Anew: true}}, u.hows)

	got = execute(t, p, "uploads", "--delete-left-over")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Equal(t, []string{".a.part"}, u.removed)
	require.Contains(t, got.err, "b.csv is not deleted: somebody was at this upload within the last week")
	require.Contains(t, got.err, "1 left-over file was deleted")
	got = execute(t, p, "uploads", "--discard", "other.csv")
	require.Equal(t, ExitFailed, got.code)
	got = execute(t, p, "uploads", "--discard", "large.csv")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Equal(t, []string{path}, u.discarded)
}
