package artifacts_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// served is a stand-in, and its lakehouse's folder.
type served struct {
	*standin.StandIn
	dir string
}

// overHTTPS is a client of a stand-in, with what it was made of.
func overHTTPS(t *testing.T) (served, *artifacts.OneLake, config.Fabric, azcore.TokenCredential, *transport.Network) {
	t.Helper()
	authority, err := certs.New()
	require.NoError(t, err)
	dir := t.TempDir()
	s, err := standin.Start(t.Context(), standin.Options{
		Authority: authority, LakehouseDir: filepath.Join(dir, "lakehouse"), PendingDir: filepath.Join(dir, "pending"), Definitions: fstest.MapFS{
			"echo.Notebook/.platform":              {Data: []byte(`{"config": {"logicalId": "0198c5a2-7c3e-4bb2-a111-0000000000ec"}}`)},
			"echo.Notebook/notebook-content.ipynb": {Data: []byte(`{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`)},
			"echo.DataPipeline/pipeline-content.json": {Data: []byte(`{"properties": {"activities": [{"name": "call", "type": "TridentNotebook",
				"typeProperties": {"notebookId": "0198c5a2-7c3e-4bb2-a111-0000000000ec", "workspaceId": "00000000-0000-0000-0000-000000000000", "parameters": {}}}], "parameters": {}}}`)},
			"echo.DataPipeline/.platform": {Data: []byte(`{}`)},
		},
		Runner: jobs.RunnerFunc(func(context.Context, jobs.Execution) (jobs.Outcome, error) { return jobs.Outcome{}, nil }),
	})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	ca := filepath.Join(dir, "ca.pem")
	require.NoError(t, os.WriteFile(ca, authority.PEM(), 0o600))
	network, err := transport.New(ca)
	require.NoError(t, err)
	cfg := config.Default().Fabric
	cfg.TenantID, cfg.ClientID, cfg.WorkspaceID, cfg.LakehouseID = s.App.TenantID, s.App.ClientID, s.WorkspaceID, s.LakehouseID
	cfg.AuthorityURL, cfg.OneLakeURL = s.AuthorityURL, s.OneLakeURL
	credential, err := auth.New(cfg, secrets.New(s.App.ClientSecret), network, "")
	require.NoError(t, err)
	t.Cleanup(credential.CloseIdleConnections)
	o := artifacts.NewOneLake(cfg, credential, network, "1.2.3")
	t.Cleanup(o.CloseIdleConnections)
	return served{s, filepath.Join(dir, "lakehouse")}, o, cfg, credential, network
}

// TestAgainstTheStandIn uploads, lists and downloads at a server that was written from Microsoft's documents and not for this client,
// and looks at the lakehouse's folder itself.
func TestAgainstTheStandIn(t *testing.T) {
	s, o, cfg, credential, network := overHTTPS(t)
	lake := s.dir
	const name = "Umsätze März 100% + é#1 & Co.csv"
	data := bytes.Repeat([]byte("order_id,revenue\n"), 600_000) // three chunks
	for _, spoil := range []faults.Spoil{faults.Nothing, faults.DropAnswer, faults.Answer500} {
		// Every other request that changes something loses its answer.
		for range 3 {
			s.Faults.Next(faults.LakeWrite, 1, faults.Fault{Spoil: spoil})
			s.Faults.Next(faults.LakeWrite, 1, faults.Fault{})
		}
		f, err := o.Upload(t.Context(), name, bytes.NewReader(data), int64(len(data)), artifacts.UploadOptions{Overwrite: spoil != faults.Nothing})
		require.NoError(t, err, spoil)
		assert.Equal(t, int64(len(data)), f.Size)
		s.Faults.Clear()
		there, err := os.ReadFile(filepath.Join(lake, "Files", "import", name))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(data, there))
	}
	_, err := o.Upload(t.Context(), name, bytes.NewReader(data), int64(len(data)), artifacts.UploadOptions{})
	var exists *artifacts.ExistsError
	require.ErrorAs(t, err, &exists)
	_, err = o.Upload(t.Context(), "empty.csv", bytes.NewReader(nil), 0, artifacts.UploadOptions{})
	require.NoError(t, err)

	files, err := o.ListImport(t.Context())
	require.NoError(t, err)
	require.Len(t, files, 2)
	entries, err := os.ReadDir(filepath.Join(lake, "Files", "import"))
	require.NoError(t, err)
	assert.Len(t, entries, 2, "no staging file stays")

	body, f, err := o.Open(t.Context(), artifacts.ImportFolder+"/"+name)
	require.NoError(t, err)
	got, err := io.ReadAll(body)
	require.NoError(t, err)
	require.NoError(t, body.Close())
	assert.True(t, bytes.Equal(data, got))
	assert.NotEmpty(t, f.ETag)
	assert.False(t, f.Modified.IsZero())
	saved, err := artifacts.Save(t.Context(), o, artifacts.ImportFolder+"/"+name, t.TempDir(), nil)
	require.NoError(t, err)
	assert.Equal(t, name, filepath.Base(saved.Path))

	_, err = o.Stat(t.Context(), artifacts.CurrentFolder+"/"+artifacts.KPIsFile)
	var missing *artifacts.NotFoundError
	require.ErrorAs(t, err, &missing)
	cfg.WorkspaceID = s.LakehouseID
	wrong := artifacts.NewOneLake(cfg, credential, network, "1")
	t.Cleanup(wrong.CloseIdleConnections)
	_, err = wrong.Stat(t.Context(), "Files/import/x")
	var access *artifacts.AccessError
	require.ErrorAs(t, err, &access, "another workspace is a matter of configuration: %v", err)
}
