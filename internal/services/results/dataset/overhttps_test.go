package dataset_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// counted counts the bytes that are answered, and may ignore which part of a file is asked for.
type counted struct {
	http.ResponseWriter
	bytes *atomic.Int64
}

func (c counted) Write(b []byte) (int, error) {
	c.bytes.Add(int64(len(b)))
	return c.ResponseWriter.Write(b)
}

func (c counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// TestRowsAreLookedAtOverHTTPS, at a stand-in of OneLake that was not written for this client: what is on the screen is read and not the file,
// a file that is written anew meanwhile gives no rows, and neither does a proxy that does not know ranges.
func TestRowsAreLookedAtOverHTTPS(t *testing.T) {
	var bytes atomic.Int64
	var whole atomic.Bool
	authority, err := certs.New()
	require.NoError(t, err)
	dir := t.TempDir()
	s, err := standin.Start(t.Context(), standin.Options{Authority: authority, LakehouseDir: filepath.Join(dir, "lakehouse"), PendingDir: filepath.Join(dir, "pending"),
		Around: func(service standin.Service, next http.Handler) http.Handler {
			if service != standin.OneLake {
				return next
			}
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if whole.Load() {
					r.Header.Del("Range")
					r.Header.Del("x-ms-range")
				}
				next.ServeHTTP(counted{w, &bytes}, r)
			})
		}})
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
	lake := artifacts.NewOneLake(cfg, credential, network, "1.2.3")
	t.Cleanup(lake.CloseIdleConnections)

	run := uuid.NewString()
	path := filepath.Join(dir, "lakehouse", "Files", "results", "runs", run, artifacts.ParquetFile)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	write := func(of string) int64 {
		type row struct {
			ID      int64  `parquet:"id"`
			Comment string `parquet:"comment"`
		}
		f, err := os.Create(path)
		require.NoError(t, err)
		w := parquet.NewGenericWriter[row](f, parquet.PageBufferSize(64<<10), parquet.MaxRowsPerRowGroup(40_000))
		all := make([]row, 120_000)
		for i := range all {
			all[i] = row{int64(i), of + strings.Repeat("x", 100)}
		}
		_, err = w.Write(all)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		info, err := f.Stat()
		require.NoError(t, err)
		require.NoError(t, f.Close())
		return info.Size()
	}
	size := write("a")
	require.Greater(t, size, int64(10<<20))

	store := dataset.NewStore(filepath.Join(dir, "rows"), lake)
	table, err := store.InPlace(t.Context(), &run, dataset.Ask, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = table.Close() })
	require.Equal(t, size, table.Away())
	for _, from := range []int{0, 90_000} {
		rows, err := table.All().Shown(t.Context(), from, 256, nil)
		require.NoError(t, err)
		require.Len(t, rows.Cells, 256)
		require.Equal(t, "a"+strings.Repeat("x", 100), rows.Cells[255][1].Text)
	}
	require.Less(t, bytes.Load(), size/4, "of what came over the wire")
	require.GreaterOrEqual(t, bytes.Load(), table.Fetched())

	whole.Store(true)
	var ignored *artifacts.RangeError
	_, err = table.All().Shown(t.Context(), 50_000, 256, nil)
	require.ErrorAs(t, err, &ignored)
	_, err = store.InPlace(t.Context(), &run, dataset.Ask, nil)
	require.ErrorAs(t, err, &ignored)
	whole.Store(false)

	write("b")
	_, err = table.All().Shown(t.Context(), 50_000, 256, nil)
	var changed *artifacts.ChangedError
	require.ErrorAs(t, err, &changed)
	rows, err := table.All().Shown(t.Context(), 0, 256, nil)
	require.NoError(t, err, "what was read before is of one state still")
	require.Equal(t, "a"+strings.Repeat("x", 100), rows.Cells[0][1].Text)
	require.NoDirExists(t, filepath.Join(dir, "rows"))
}
