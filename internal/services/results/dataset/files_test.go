package dataset

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestColumnsOfListsAreNamed(t *testing.T) {
	type row struct {
		Tags []string `parquet:"tags,list"`
	}
	_, err := Open(t.Context(), file(t, []row{{[]string{"a"}}}))
	var wrong *FileError
	require.ErrorAs(t, err, &wrong)
	require.ErrorContains(t, err, `d.parquet can't be read as cleaned data (“column "tags" holds lists or records”)`)
}

func TestEndsOfContextAndTable(t *testing.T) {
	table := open(t, "testdata/notebook.parquet")
	ctx, cancel := context.WithCancel(t.Context())
	var steps []int
	_, err := table.View(ctx, Query{Filters: []Filter{{Column: 0, Op: NotEmpty}}, Sort: []Order{{0, true}, {1, false}}}, func(done, total int) {
		assert.Equal(t, 3, total)
		steps = append(steps, done)
		cancel()
	})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, []int{1}, steps)
	_, err = table.All().Window(ctx, 0, 1, nil)
	require.ErrorIs(t, err, context.Canceled)

	_, err = table.View(t.Context(), Query{Sort: []Order{{99, false}}}, nil)
	var wrong *QueryError
	require.ErrorAs(t, err, &wrong)
	_, err = table.All().Window(t.Context(), 0, 1, []int{-1})
	require.ErrorAs(t, err, &wrong)

	view, err := table.View(t.Context(), Query{Search: "web"}, nil)
	require.NoError(t, err)
	table.Release()
	_, err = view.Window(t.Context(), 0, 1, nil)
	require.NoError(t, err, "what was released is read again")
	require.NoError(t, table.Close())
	_, err = view.Window(t.Context(), 0, 1, nil)
	var file *FileError
	require.ErrorAs(t, err, &file)
	assert.Contains(t, err.Error(), "open it again")
}

func TestFilesThatAreNoData(t *testing.T) {
	good, err := os.ReadFile("testdata/notebook.parquet")
	require.NoError(t, err)
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"empty.parquet": nil, "cut.parquet": good[:len(good)/2], "magic.parquet": []byte("PAR1PAR1"), "rows.csv": bytes.Repeat([]byte("a,b\n"), 100),
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		_, err := Open(t.Context(), path)
		var file *FileError
		require.ErrorAs(t, err, &file, name)
		assert.Contains(t, err.Error(), name)
	}
	_, err = Open(t.Context(), filepath.Join(dir, "gone.parquet"))
	var file *FileError
	require.ErrorAs(t, err, &file)
	_, err = Open(t.Context(), dir)
	require.ErrorAs(t, err, &file)
}

// A damaged file may give wrong values or an error, but the program goes on.
func TestDamagedParquetEndsInAnError(t *testing.T) {
	good, err := os.ReadFile("testdata/notebook.parquet")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "damaged.parquet")
	failed := 0
	for at := 4; at < len(good)-8; at += 61 {
		bad := bytes.Clone(good)
		for i := at; i < min(at+3, len(bad)-8); i++ {
			bad[i] ^= 0xa5
		}
		require.NoError(t, os.WriteFile(path, bad, 0o600))
		table, err := Open(t.Context(), path)
		if err == nil {
			_, err = table.All().Window(t.Context(), 0, 300, nil)
			_, err2 := table.View(t.Context(), Query{Search: "web", Sort: []Order{{0, false}}}, nil)
			err = errors.Join(err, err2)
			require.NoError(t, table.Close())
		}
		if err != nil {
			var file *FileError
			var query *QueryError
			require.True(t, errors.As(err, &file) || errors.As(err, &query), "%v", err)
			failed++
		}
	}
	assert.Greater(t, failed, 20)
}
