package services

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/portal"
	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// TestAFolderInPlaceOfTheLakehouse is an operator on site: files are looked at in a folder, without a secret and without Fabric; a
// run needs both, and works in the lakehouse.
func TestAFolderInPlaceOfTheLakehouse(t *testing.T) {
	w := openWith(t, sandbox.Options{Log: t.Logf})
	w.upload(t, sampledata.FactFile)
	first, err := w.portal.Run(t.Context(), sampledata.FactFile, nil)
	require.NoError(t, err)
	first = w.follow(t, first)
	require.Equal(t, runs.Succeeded, first.Status, first.ErrorMessage)

	// The lakehouse as it was copied onto a stick.
	stick := filepath.Join(t.TempDir(), "stick")
	require.NoError(t, os.CopyFS(filepath.Join(stick, "Files"), os.DirFS(filepath.Join(w.Lakehouse, "Files"))))
	t.Setenv("PORTAL_ARTIFACTS_SOURCE", "folder")
	t.Setenv("PORTAL_ARTIFACTS_FOLDER", stick)
	t.Setenv("PORTAL_STATE_DIR", t.TempDir())
	secret := os.Getenv(sandbox.EnvClientSecret)
	t.Setenv(sandbox.EnvClientSecret, "")
	p := w.as(t, "onsite")
	files, err := p.Files(t.Context())
	require.NoError(t, err)
	require.Len(t, files, 1)
	saved, err := p.Download(t.Context(), first.ID, "kpis.json", t.TempDir(), false, nil)
	require.NoError(t, err)
	require.Equal(t, first.ID.String(), *read[contract.KPIs](t, saved.Path).RunID)
	_, err = p.Upload(t.Context(), filepath.Join(w.samples, sampledata.NextFile), imports.How{}, nil)
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(stick, "Files", "import", sampledata.NextFile))
	_, err = p.Run(t.Context(), sampledata.FactFile, nil)
	require.ErrorContains(t, err, "secret set client_secret", "a run needs Fabric, and says what it lacks")
	require.Equal(t, int64(1), value[int64](t, w, "select count(*) from pipeline_runs"))

	// With the secret a run works on what is in the lakehouse; what is only on the stick is not there.
	t.Setenv(sandbox.EnvClientSecret, secret)
	p = w.as(t, "onsite")
	_, err = p.Run(t.Context(), sampledata.NextFile, nil)
	require.ErrorContains(t, err, "has not arrived in the lakehouse")
	second, err := p.Run(t.Context(), sampledata.FactFile, nil)
	require.NoError(t, err)
	w.portal = p
	second = w.follow(t, second)
	require.Equal(t, runs.Succeeded, second.Status, second.ErrorMessage)
	files, err = p.Files(t.Context())
	require.NoError(t, err)
	require.Len(t, files, 2, "the stick stays as it is")

	// The stick is pulled out.
	require.NoError(t, os.RemoveAll(stick))
	var gone *artifacts.LocalFolderError
	_, err = p.Files(t.Context())
	require.ErrorAs(t, err, &gone)
	require.Contains(t, portal.Sentence(err), "it is not there")
	_, err = p.Runs(t.Context(), 10)
	require.NoError(t, err, "the archive goes on")
}
