package spreadsheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/panics"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
	"fabricportal/internal/services/importfile/spreadsheet/parquetfile"
)

var errInjected = errors.New("injected")

// mine is a source that panics when it is read for the so-manieth time, in whichever goroutine.
type mine struct {
	io.ReaderAt
	read, at atomic.Int64
}

func (m *mine) ReadAt(b []byte, off int64) (int, error) {
	if m.read.Add(1) == m.at.Load() {
		panic(errInjected)
	}
	return m.ReaderAt.ReadAt(b, off)
}

func quiet(t *testing.T) {
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
}

// mined opens a file whose source is a mine.
func mined(t *testing.T, path string) (*File, *mine) {
	f, err := Open(t.Context(), path, Limits{})
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	m := &mine{ReaderAt: f.file}
	if f.archive != nil {
		f.archive.src = m
	}
	if f.parquet != nil {
		f.parquet, err = parquetfile.Open(m, f.Size())
		require.NoError(t, err)
	}
	return f, m
}

// TestAPanicOfTheReadingIsItsError injects a panic at every read of the source: in the goroutine that unpacks ahead, in
// the one that reads batches ahead, and in those that decode the first pages of a Parquet file.
func TestAPanicOfTheReadingIsItsError(t *testing.T) {
	quiet(t)
	r := rand.New(rand.NewPCG(1, 1))
	var rows strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&rows, `<row r="%d"><c t="inlineStr"><is><t>%x</t></is></c><c t="s"><v>1</v></c></row>`, i+1, r.Uint64())
	}
	var texts strings.Builder
	for range 20_000 {
		fmt.Fprintf(&texts, "<si><t>%x</t></si>", r.Uint64())
	}
	book := bookOf(rows.String()).with("xl/sharedStrings.xml", "<sst>"+texts.String()+"</sst>")
	parquet, err := os.ReadFile(filepath.Join("testdata", "sales_cleaned.parquet"))
	require.NoError(t, err)
	for _, path := range []string{writeFile(t, "many.xlsx", book.zip(t)), writeFile(t, "sales.parquet", parquet)} {
		for _, head := range []int{0, 10} {
			f, m := mined(t, path)
			before, damaged, unreadable := m.read.Load(), 0, 0
			for at := int64(1); ; at++ {
				m.read.Store(before)
				m.at.Store(before + at)
				err := readThrough(t, f, head)
				if m.read.Load() < m.at.Load() {
					require.NoError(t, err)
					break
				}
				require.ErrorIs(t, err, errInjected)
				require.Contains(t, err.Error(), f.name)
				require.Contains(t, err.Error(), "a fault of this program (injected)")
				var fault *panics.Error
				require.ErrorAs(t, err, &fault)
				require.Contains(t, string(fault.Stack), "mine).ReadAt", "the stack of the goroutine that met it")
				if errors.As(err, new(*DamagedError)) {
					damaged++
				} else if errors.As(err, new(*UnreadableError)) {
					unreadable++
				}
			}
			require.Positive(t, damaged, "%s, head %d", path, head)
			require.Equal(t, f.archive != nil, unreadable > 0, "a workbook has parts that are read before the first row")
		}
	}
}

func readThrough(t *testing.T, f *File, head int) error {
	batches, err := f.batches(t.Context(), head)
	if err != nil {
		return err
	}
	var b cells.Batch
	for n := 0; batches.Next(&b) && (head == 0 || n < 2); n++ { // the first of a Parquet file are the names
	}
	require.NoError(t, batches.Close())
	again := batches.Err() != nil && batches.Next(&b)
	require.False(t, again, "what has failed gives no more")
	return batches.Err()
}

func TestAPanicOfATextFileIsItsError(t *testing.T) {
	quiet(t)
	text := []byte(strings.Repeat("a,b\n", 500_000))
	for at := int64(1); at < 8; at++ {
		m := &mine{ReaderAt: bytes.NewReader(text)}
		m.at.Store(at)
		src := ahead(csvBatches{newCSVRows(t.Context(), "a.csv", m, int64(len(text)), Limits{}.withDefaults())}, 0)
		var b cells.Batch
		for src.Next(&b) {
		}
		require.ErrorIs(t, src.Err(), errInjected, at)
		require.ErrorAs(t, src.Err(), new(*DamagedError))
		require.Contains(t, src.Err().Error(), "a.csv")
		require.NoError(t, src.Close())
	}
}
