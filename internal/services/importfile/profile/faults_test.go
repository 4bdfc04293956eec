package profile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/internal/panics"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// quiet keeps the stacks of injected panics out of the test's output.
func quiet(t *testing.T) {
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
}

var errInjected = errors.New("injected")

// mine is a context that panics when it is asked for the so-manieth time whether it has ended, in whichever goroutine.
type mine struct {
	context.Context
	asked atomic.Int64
	at    int64
}

func (m *mine) Err() error {
	if m.asked.Add(1) == m.at {
		panic(errInjected)
	}
	return m.Context.Err()
}

// filesOfAllFormats are a file of each format, with enough rows and texts for every goroutine to have work.
func filesOfAllFormats(t *testing.T) []string {
	dir := t.TempDir()
	csv := filepath.Join(dir, "many.csv")
	text := "order_id,order_date,revenue\n" + strings.Repeat("O1,2026-01-01,1.50\n", 60_000)
	require.NoError(t, os.WriteFile(csv, []byte(text), 0o600))
	workbook := filepath.Join(dir, "many.xlsx")
	book := excelize.NewFile()
	defer book.Close()
	require.NoError(t, book.SetSheetRow("Sheet1", "A1", &[]any{"order_id", "order_date", "revenue"}))
	for row := 2; row < 20_000; row++ {
		require.NoError(t, book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", row), &[]any{fmt.Sprint("O", row), "2026-01-01", row}))
	}
	require.NoError(t, book.SaveAs(workbook))
	return []string{csv, workbook, filepath.Join("..", "spreadsheet", "testdata", "sales_cleaned.parquet")}
}

// TestAPanicAnywhereIsAnErrorThatNamesTheFile injects a panic at every place where the reading asks its context.
func TestAPanicAnywhereIsAnErrorThatNamesTheFile(t *testing.T) {
	quiet(t)
	for _, path := range filesOfAllFormats(t) {
		name := filepath.Base(path)
		refused, incomplete := 0, 0
		for at, step := int64(1), int64(1); ; at, step = at+step, 1+at/16 {
			ctx := &mine{Context: t.Context(), at: at}
			result, err := Analyze(ctx, path, Options{Rows: func(*scan.Batch, int, *cleaning.Row) {}})
			switch {
			case err != nil:
				var unreadable *spreadsheet.UnreadableError
				require.ErrorAs(t, err, &unreadable, "%s, %d", name, at)
				require.ErrorIs(t, err, errInjected)
				require.Equal(t, path, unreadable.Path)
				require.Contains(t, unreadable.Sentence, name)
				var fault *panics.Error
				require.ErrorAs(t, err, &fault)
				require.Contains(t, string(fault.Stack), "mine).Err")
				refused++
			case !result.Profile.Complete:
				require.Contains(t, *result.Profile.IncompleteReason, "a fault of this program (injected)")
				require.Contains(t, *result.Profile.IncompleteReason, name)
				incomplete++
			}
			if ctx.asked.Load() < at {
				break
			}
		}
		require.Positive(t, refused, name)
		require.Positive(t, incomplete, name)

		for at := int64(1); ; at++ {
			ctx := &mine{Context: t.Context(), at: at}
			if _, err := ReadPreview(ctx, path, 5, Options{}); err != nil {
				require.ErrorIs(t, err, errInjected)
				require.Contains(t, err.Error(), name)
			}
			if ctx.asked.Load() < at {
				break
			}
		}
	}
}

type brokenHash struct{}

func (brokenHash) Write([]byte) (int, error) { panic(errInjected) }
func (brokenHash) Sum([]byte) []byte         { return nil }
func (brokenHash) Reset()                    {}
func (brokenHash) Size() int                 { return 0 }
func (brokenHash) BlockSize() int            { return 1 }

func TestAPanicInTheDigestIsItsError(t *testing.T) {
	quiet(t)
	path := filepath.Join(t.TempDir(), "a.csv")
	require.NoError(t, os.WriteFile(path, []byte("a,b\n1,2\n"), 0o600))
	file, err := spreadsheet.Open(t.Context(), path, spreadsheet.Limits{})
	require.NoError(t, err)
	defer file.Close()
	d := digestInto(t.Context(), file, brokenHash{})
	defer d.stop()
	_, err = d.sum()
	require.ErrorIs(t, err, errInjected)
	require.Contains(t, err.Error(), "a.csv")
}
