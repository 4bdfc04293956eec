package dataset

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// Scan hands on what Window reads, whether columns are kept or not, and in pieces of whatever size.
func TestScanHandsOnWhatStandsInTheFile(t *testing.T) {
	type row struct {
		A string   `parquet:"a,dict"`
		B *float64 `parquet:"b,optional"`
		C *int32   `parquet:"c,optional,date"`
		D int64    `parquet:"d"`
	}
	rows := make([]row, 5000)
	for i := range rows {
		rows[i] = row{A: strconv.Itoa(i % 37), D: int64(i) << 40}
		if i%3 > 0 {
			x, day := float64(i)/4, int32(i-2500)
			rows[i].B, rows[i].C = &x, &day
		}
	}
	paths := []string{file(t, rows, parquet.PageBufferSize(300), parquet.MaxRowsPerRowGroup(777)), filepath.Join("testdata", forms[0]), filepath.Join("testdata", forms[1])}
	for _, path := range paths {
		for _, kept := range []int64{keptBytes, 30 << 10, 0} {
			table := open(t, path)
			table.cache.most = kept
			want, err := table.All().Window(t.Context(), 0, table.Rows(), nil)
			require.NoError(t, err)
			columns := table.all(nil)
			for range 2 {
				seen, told := 0, 0
				require.NoError(t, table.Scan(t.Context(), columns, func(done, total int) {
					require.Equal(t, table.Rows(), total)
					told = done
				}, func(from, n int, pieces []Piece) error {
					require.Equal(t, seen, from)
					seen += n
					for c := range pieces {
						p, entries := &pieces[c], map[int]string{}
						for i := range n {
							cell := want.Cells[from+i][c]
							require.Equal(t, cell.Null, p.Null(i))
							require.Equal(t, cell.Text, string(p.Append(nil, i)))
							if x, ok := p.Number(i); table.columns[c].Kind.Number() {
								require.Equal(t, !cell.Null, ok)
								if ok {
									y, err := strconv.ParseFloat(cell.Text, 64)
									require.NoError(t, err)
									require.Equal(t, y, x)
								}
							}
							if day, ok := p.Day(i); table.columns[c].Kind == Date && ok {
								require.Equal(t, cell.Text, string(appendWhole(nil, Date, day)))
							}
							if p.Entries() > 0 {
								e := p.Entry(i)
								require.Less(t, e, p.Entries())
								known, ok := entries[e]
								require.True(t, !ok || known == cell.Text)
								entries[e] = cell.Text
							}
						}
					}
					return nil
				}))
				require.Equal(t, table.Rows(), seen)
				require.Equal(t, seen, told)
			}
		}
	}
}

func TestScanEndsWhenItIsTold(t *testing.T) {
	table := open(t, filepath.Join("testdata", forms[0]))
	table.cache.most = 0
	ctx, cancel := context.WithCancel(t.Context())
	enough := errors.New("enough")
	require.ErrorIs(t, table.Scan(ctx, []int{0, 1}, nil, func(int, int, []Piece) error { return enough }), enough)
	cancel()
	require.ErrorIs(t, table.Scan(ctx, []int{0, 1}, nil, func(int, int, []Piece) error { return nil }), context.Canceled)
	require.ErrorAs(t, table.Scan(t.Context(), []int{99}, nil, nil), new(*QueryError))
	// The right to read was given back.
	require.NoError(t, table.Scan(t.Context(), []int{0}, nil, func(int, int, []Piece) error { return nil }))
}
