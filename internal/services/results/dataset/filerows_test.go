package dataset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/rows"
	"fabricportal/internal/services/importfile/verdict"
)

// fileRows keeps the rows of a file.
func fileRows(t testing.TB, path string, o analysis.Options) *FileRows {
	t.Helper()
	keeper := &rows.Keeper{}
	t.Cleanup(keeper.Close)
	o.Keep, o.Parts = keeper, analysis.Profile|analysis.KPIs|analysis.Rules
	r, err := analysis.File(t.Context(), path, o)
	require.NoError(t, err)
	f, err := OpenFileRows(t.Context(), keeper, r, FileReading{Title: "Row", Beyond: "Behind"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func written(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// column are the texts of a column of a view.
func column(t testing.TB, v *FileView, column int) []string {
	t.Helper()
	got, err := v.Window(t.Context(), 0, v.Rows(), []int{column})
	require.NoError(t, err)
	require.Equal(t, []int{column}, got.Columns)
	var out []string
	for _, r := range got.Cells {
		out = append(out, r[0].Text)
	}
	return out
}

const orders = "order_id,order_date,channel,revenue\n" +
	"O-1,2025-01-03,Web,100\n" +
	"\n" +
	"O-2,2025-01-01,,9.50\n" +
	"O-3,soon,Störe,n/k\n" +
	" ,2025-01-02,web,-20\n" +
	"O-1,2025-01-04,Store,1000\n"

func TestAFilesRowsStandAsInTheFile(t *testing.T) {
	f := fileRows(t, written(t, "a.csv", orders), analysis.Options{})
	require.Equal(t, []Column{{Name: "Row", Kind: Integer}, {Name: "order_id"}, {Name: "order_date", Kind: valueKind("")}, {Name: "channel"}, {Name: "revenue", Kind: Text}}, f.Columns(), "of columns that are mixed there are only texts")
	require.Equal(t, []string{"2", "4", "5", "6", "7"}, column(t, f.All(), 0), "the numbers are the file's")
	require.Equal(t, []string{"100", "9.50", "n/k", "-20", "1000"}, column(t, f.All(), 4))
	require.Equal(t, []string{"O-1", "O-2", "O-3", " ", "O-1"}, column(t, f.All(), 1))
	require.Equal(t, 1, f.HeaderRow())

	text, err := f.All().TSV(t.Context(), 0, 5, []int{0, 4, 3}, true)
	require.NoError(t, err)
	require.Equal(t, "Row\trevenue\tchannel\n2\t100\tWeb\n4\t9.50\t\n5\tn/k\tStöre\n6\t-20\tweb\n7\t1000\tStore\n", text, "a number is copied as it stands")
	_, err = f.All().Window(t.Context(), 0, 1, []int{9})
	require.ErrorContains(t, err, "there is no column 10")
}

func TestAFilesRowsAreSortedByWhatTheyAreReadAs(t *testing.T) {
	text := "order_id,order_date,revenue\n"
	for i := range 60 {
		text += fmt.Sprintf("O-%d,2025-01-%02d,%d\n", i, 1+i%28, (i*37)%1000)
	}
	text += "O-90,soon,n/k\nO-91,2025-03-01,9.5\nO-92,,\nO-93,01.02.2025 x,a/k\n"
	f := fileRows(t, written(t, "b.csv", text), analysis.Options{})
	require.Equal(t, []Kind{Integer, Text, Date, Decimal}, []Kind{f.columns[0].Kind, f.columns[1].Kind, f.columns[2].Kind, f.columns[3].Kind})
	v, err := f.View(t.Context(), Query{Sort: []Order{{Column: 3, Descending: true}}}, nil, nil)
	require.NoError(t, err)
	got := column(t, v, 3)
	for i := 1; i < 61; i++ {
		before, errA := strconv.ParseFloat(got[i-1], 64)
		after, errB := strconv.ParseFloat(got[i], 64)
		require.NoError(t, errA)
		require.NoError(t, errB)
		require.GreaterOrEqual(t, before, after)
	}
	require.Equal(t, []string{"n/k", "a/k", ""}, got[61:], "what is no number comes behind, by its text, and nothing last")

	low, high := 9.0, 10.0
	v, err = f.View(t.Context(), Query{Filters: []Filter{{Column: 3, Op: InRange, Min: &low, Max: &high}}}, nil, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"9.5"}, column(t, v, 3))
	v, err = f.View(t.Context(), Query{Filters: []Filter{{Column: 2, Op: Between, From: time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC)}}}, nil, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"2025-03-01"}, column(t, v, 2))
	v, err = f.View(t.Context(), Query{Search: "N/K"}, nil, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"62"}, column(t, v, 0))
	v, err = f.View(t.Context(), Query{Search: "62", SearchIn: []int{1, 2}}, nil, nil)
	require.NoError(t, err)
	require.Zero(t, v.Rows(), "the numbers of rows are not searched")

	values, different, err := f.Distinct(t.Context(), 2, 2)
	require.NoError(t, err)
	require.Equal(t, 32, different)
	require.Equal(t, 3, values[0].Rows)
	_, _, err = f.Distinct(t.Context(), 7, 2)
	require.Error(t, err)

	place, ok, err := v.Find(t.Context(), 5)
	require.NoError(t, err)
	require.False(t, ok, place)
	v, err = f.View(t.Context(), Query{Sort: []Order{{Column: 0, Descending: true}}}, nil, nil)
	require.NoError(t, err)
	place, ok, err = v.Find(t.Context(), 5)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "5", column(t, v, 0)[place])
}

func TestWhatStandsBehindTheLastColumnIsShown(t *testing.T) {
	f := fileRows(t, written(t, "long.csv", "order_id,order_date,revenue\nO-1,2025-01-01,7\nO-2,2025-01-02,8,lost,,too\nO-3,2025-01-03,9\n"), analysis.Options{})
	require.Equal(t, Column{Name: "Behind"}, f.columns[4])
	require.Equal(t, []string{"", "lost · too", ""}, column(t, f.All(), 4))
	require.Equal(t, []string{"7", "8", "9"}, column(t, f.All(), 3))
	require.Equal(t, []string{"2", "3", "4"}, column(t, f.All(), 0))
	v, err := f.View(t.Context(), Query{Search: "too", Sort: []Order{{Column: 4}}}, nil, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"3"}, column(t, v, 0))
}

func TestOnlyTheRowsOfAFindingAreShown(t *testing.T) {
	f := fileRows(t, written(t, "a.csv", orders), analysis.Options{Read: contract.ReadOptions{RowIs: contract.RowIsOrder}})
	found := map[string]*hits.Cells{}
	for _, one := range f.Findings {
		require.Equal(t, one.Count, one.Cells.Len(), one.Key())
		found[one.ID] = one.Cells
	}
	require.Contains(t, found, "order_id_unique")
	v, err := f.View(t.Context(), Query{}, found["order_id_unique"], nil)
	require.NoError(t, err)
	require.Equal(t, []string{"7"}, column(t, v, 0))
	place, ok, err := v.Find(t.Context(), 7)
	require.NoError(t, err)
	require.True(t, ok)
	require.Zero(t, place)
	_, ok, err = v.Find(t.Context(), 3)
	require.NoError(t, err)
	require.False(t, ok, "a line without a value is no row")
	v, err = f.View(t.Context(), Query{Filters: []Filter{{Column: 1, Op: Contains, Text: "zz"}}}, found["order_id_unique"], nil)
	require.NoError(t, err)
	require.Zero(t, v.Rows())
}

func TestRowsAreThereWhileTheFileIsRead(t *testing.T) {
	var text strings.Builder
	text.WriteString("order_id,order_date,revenue\n")
	for i := range 40_000 {
		fmt.Fprintf(&text, "O-%d,2025-01-01,%d\n", i, i)
	}
	path := written(t, "long.csv", text.String())
	keeper := &rows.Keeper{}
	defer keeper.Close()
	seen := 0
	o := analysis.Options{Keep: keeper, Progress: func(analysis.Progress) {
		f := FileRowsSoFar(t.Context(), keeper, FileReading{Title: "Row", Beyond: "Behind"})
		if f == nil || f.Rows() == 40_000 {
			return
		}
		seen++
		last, err := f.All().Shown(t.Context(), f.Rows()-1, 5, nil)
		require.NoError(t, err)
		require.Len(t, last.Cells, 1)
		require.Equal(t, strconv.Itoa(f.Rows()+1), last.Cells[0][0].Text)
		require.Equal(t, "O-"+strconv.Itoa(f.Rows()-1), last.Cells[0][1].Text)
		require.NoError(t, f.Close())
	}}
	r, err := analysis.File(t.Context(), path, o)
	require.NoError(t, err)
	require.Positive(t, seen)
	f, err := OpenFileRows(t.Context(), keeper, r, FileReading{Title: "Row", Beyond: "Behind"})
	require.NoError(t, err)
	require.Equal(t, 40_000, f.Rows())
	require.LessOrEqual(t, f.kept.Size(), int64(text.Len()+text.Len()/4), "on disk there is about what the file unpacks to")
	v := f.All()
	require.NoError(t, f.Close())
	_, err = v.Shown(t.Context(), 0, 1, nil)
	require.ErrorIs(t, err, rows.ErrClosed)
}

func TestAFileWithoutAHeaderHasNoRowsToShow(t *testing.T) {
	keeper := &rows.Keeper{}
	defer keeper.Close()
	require.Nil(t, FileRowsSoFar(t.Context(), keeper, FileReading{Title: "Row", Beyond: "Behind"}))
	r, err := analysis.File(t.Context(), written(t, "blank.csv", "\n"), analysis.Options{Keep: keeper})
	if err != nil {
		return
	}
	_, err = OpenFileRows(context.Background(), keeper, r, FileReading{Title: "Row", Beyond: "Behind"})
	require.ErrorIs(t, err, rows.ErrNoRows)
	require.Empty(t, verdict.Findings(nil).Worst())
}
