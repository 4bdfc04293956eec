package evidence

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// known is what a database tells of the one run it has.
type known runs.Detail

func (k known) Detail(_ context.Context, id uuid.UUID) (runs.Detail, error) {
	if id != k.Run.ID {
		return runs.Detail{}, &runs.UnknownRunError{ID: id}
	}
	return runs.Detail(k), nil
}

// away is a lakehouse that does not answer.
type away struct{ error }

func (a away) Open(context.Context, string) (io.ReadCloser, artifacts.File, error) {
	return nil, artifacts.File{}, a.error
}

func TestAPackerCollectsWhatIsKnownOfARun(t *testing.T) {
	in, files := input(t)
	folder := artifacts.RunsFolder + "/" + in.Run.ID.String() + "/"
	files[folder+artifacts.KPIsFile], files[folder+artifacts.MetadataFile] = string(in.KPIs), string(in.Metadata)
	p := NewPacker(known{Run: in.Run, Events: runs.Events{Rows: in.Events}, Artifacts: runs.Artifacts{Rows: in.Artifacts}}, files, in.Redact, Origin{Connection: "Production", Version: "1"})
	dir := t.TempDir()
	path, err := p.Evidence(t.Context(), in.Run.ID, dir, format.English, nil)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "run-"+in.Run.ID.String()+".zip"), path)
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	require.Contains(t, names, artifacts.KPIsFile)
	require.NotContains(t, names, artifacts.ProfileFile, "the lakehouse has none")
	require.Contains(t, names, filesDir+artifacts.CSVFile)

	again, err := p.Evidence(t.Context(), in.Run.ID, dir, format.English, nil)
	require.NoError(t, err)
	require.Equal(t, strings.TrimSuffix(path, ".zip")+" (2).zip", again, "the bundle before stays")
	_, err = p.Evidence(t.Context(), uuid.New(), dir, format.English, nil)
	var unknown *runs.UnknownRunError
	require.ErrorAs(t, err, &unknown)

	files[folder+artifacts.KPIsFile] = strings.Repeat(" ", artifacts.MaxDocument+1)
	large, err := p.Evidence(t.Context(), in.Run.ID, dir, format.English, nil)
	require.NoError(t, err, "a document that is too large to be read is packed as a file")
	page, err := zip.OpenReader(large)
	require.NoError(t, err)
	defer page.Close()
	require.True(t, slices.ContainsFunc(page.File, func(f *zip.File) bool {
		return strings.HasSuffix(f.Name, artifacts.KPIsFile) && f.UncompressedSize64 == artifacts.MaxDocument+1
	}), "whole, never a part of it")
	p.files = away{errors.New("away")}
	_, err = p.Evidence(t.Context(), in.Run.ID, dir, format.English, nil)
	require.ErrorContains(t, err, "away")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 3)
}
