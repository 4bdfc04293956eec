package parquetfile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/scratch"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

type segmented struct {
	ID     string   `parquet:"id"`
	Note   *string  `parquet:"note,optional"`
	Listed string   `parquet:"listed,dict"`
	Amount *float64 `parquet:"amount,optional"`
	Long   string   `parquet:"long"`
	Paid   bool     `parquet:"paid"`
}

// segmentedFile is a file whose pages have many times as many rows as a piece of one.
func segmentedFile(t testing.TB, n int) []byte {
	random := rand.New(rand.NewPCG(3, 4))
	rows := make([]segmented, n)
	for i := range rows {
		r := segmented{ID: fmt.Sprint("order ", i), Listed: fmt.Sprint("region ", i%9), Paid: i%3 == 0,
			Long: strings.Repeat("long ", random.IntN(100+i/20))}
		if note := fmt.Sprint("note ", i); i%5 > 0 {
			r.Note = &note
		}
		if amount := random.Float64(); i/3000%2 == 0 { // whole pieces of the page have no value
			r.Amount = &amount
		}
		rows[i] = r
	}
	return write(t, rows, n/2, parquet.Compression(&parquet.Snappy), parquet.PageBufferSize(8<<20))
}

func TestPagesOnDiskAreThoseInMemory(t *testing.T) {
	rows, _, err := readRows(t, segmentedFile(t, 15_000))
	require.NoError(t, err)
	require.Len(t, rows, 15_000)
	require.Equal(t, "order 14999", rows[14_999][0])
}

// TestPagesOnDiskTakeLittleMemory: of the columns of texts, those that don't fit have a piece of their page in memory.
func TestPagesOnDiskTakeLittleMemory(t *testing.T) {
	data := segmentedFile(t, 30_000)
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	r := f.NewReader(0)
	defer r.Close()
	r.spill.most = -1
	var b cells.Batch
	require.True(t, r.Next(t.Context(), &b))
	for i := range r.pages {
		p := &r.pages[i]
		require.True(t, p.onDisk)
		require.LessOrEqual(t, p.held(), int64(9*segmentRows+4*segmentText), p.column.Name)
	}
	require.Greater(t, r.spill.file.Size(), int64(4<<20))
}

func TestWithoutAFolderForTemporaryFilesPagesCanNotBeKept(t *testing.T) {
	data := segmentedFile(t, 1000)
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	missing := t.TempDir() + string(os.PathSeparator) + "gone"
	t.Setenv("TMPDIR", missing)
	t.Setenv("TMP", missing)
	r := f.NewReader(0)
	defer r.Close()
	r.spill.most = -1
	require.False(t, r.Next(t.Context(), &cells.Batch{}))
	var stop *RowError
	require.ErrorAs(t, r.Err(), &stop)
	require.EqualValues(t, 1, stop.Row)
	require.ErrorAs(t, stop.Err, new(*scratch.Error))
}

func TestPiecesOfManyColumnsFitTogether(t *testing.T) {
	for _, columns := range []int{0, 1, 18, 1_000, 16_384} {
		rows, text := segmentSize(columns)
		require.Zero(t, segmentRows%rows, "the pieces of all columns end at the same rows")
		require.LessOrEqual(t, 9*rows*columns, segmentsBytes)
		require.LessOrEqual(t, text*columns, segmentsBytes)
	}
	rows, text := segmentSize(100)
	require.Equal(t, []int{segmentRows, segmentText}, []int{rows, text})
}
