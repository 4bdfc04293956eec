package rows

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// caseFolder is the folder of the case files, beside the project or beside the folder that it is in.
func caseFolder(t testing.TB) string {
	root := filepath.Join("..", "..", "..", "..", "..")
	for _, folder := range []string{root, filepath.Join(root, "..")} {
		folder = filepath.Join(folder, "shared", "cases")
		if _, err := os.Stat(folder); err == nil {
			return folder
		}
	}
	t.Skip("the case files (shared/cases beside the project) are not on this machine")
	return ""
}

// keep keeps the rows of a file; nil where it has no header.
func keep(t testing.TB, path string) *Kept {
	t.Helper()
	file, err := scan.Open(t.Context(), spreadsheet.Disk(path), scan.Options{})
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }()
	k := &Keeper{}
	k.Restart()
	t.Cleanup(k.Close)
	require.NoError(t, file.Read(t.Context(), k))
	require.NoError(t, k.Finish(file.NeverCalculated(), nil))
	kept, err := k.Take()
	if errors.Is(err, ErrNoRows) {
		return nil
	}
	require.NoError(t, err)
	t.Cleanup(kept.Close)
	return kept
}

// TestKeptRowsAreThoseOfTheReader compares all kept cells of each case file with what its reader gives row by row.
func TestKeptRowsAreThoseOfTheReader(t *testing.T) {
	folder := caseFolder(t)
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	compared := 0
	for _, entry := range files {
		if filepath.Ext(entry.Name()) == ".md" {
			continue
		}
		t.Run(entry.Name(), func(t *testing.T) {
			path := filepath.Join(folder, entry.Name())
			kept := keep(t, path)
			if kept == nil {
				return
			}
			file, err := spreadsheet.Open(t.Context(), path, spreadsheet.Limits{})
			require.NoError(t, err)
			defer func() { _ = file.Close() }()
			read, err := file.Rows(t.Context())
			require.NoError(t, err)
			defer func() { _ = read.Close() }()
			type row struct {
				number int
				cells  []string
			}
			var want []row
			for read.Next() {
				if read.RowNumber() <= kept.HeaderRow() {
					continue
				}
				r, filled := row{read.RowNumber(), make([]string, len(kept.Names()))}, false
				for _, c := range read.Row() {
					if c.Column >= len(r.cells) {
						continue
					}
					own := Cell{Kind: c.Kind, Text: c.Text}
					switch c.Kind {
					case cells.Number:
						own.Bits = cells.FromNum(c.Num)
					case cells.Bool, cells.Date, cells.DateTime, cells.Time:
						own.Bits = uint64(int64(c.Num))
					default:
					}
					r.cells[c.Column] = string(own.AppendText(nil))
					filled = filled || len(cleaning.Trim([]byte(r.cells[c.Column]))) > 0
				}
				if filled {
					want = append(want, r)
				}
			}
			got := make([]row, kept.Rows())
			require.NoError(t, kept.Read(t.Context(), 0, -1, Numbers, func(p *Piece) error {
				for i, n := range p.Numbers {
					got[p.From+i] = row{int(n), make([]string, len(kept.Names()))}
				}
				return nil
			}))
			for column := range kept.Names() {
				require.NoError(t, kept.Read(t.Context(), 0, -1, column, func(p *Piece) error {
					for i := range p.Cells {
						got[p.From+i].cells[column] = string(p.Cells[i].AppendText(nil))
					}
					return nil
				}))
			}
			if len(want) == 0 {
				require.Empty(t, got)
				return
			}
			require.Equal(t, want, got)
			compared++

			// One row by itself, as a window reads it.
			for _, at := range []int{0, len(want) / 2, len(want) - 1} {
				for column := range kept.Names() {
					require.NoError(t, kept.Look(t.Context(), at, 1, column, func(p *Piece) error {
						require.Equal(t, want[at].cells[column], string(p.Cells[at-p.From].AppendText(nil)))
						return nil
					}))
				}
				place, known, err := kept.Place(t.Context(), want[at].number)
				require.NoError(t, err)
				require.True(t, known)
				require.Equal(t, at, place)
			}
			_, known, err := kept.Place(t.Context(), want[len(want)-1].number+7)
			require.NoError(t, err)
			require.False(t, known)
		})
	}
	require.Greater(t, compared, 60)
}

func TestColumnsWithoutANameHaveOneEach(t *testing.T) {
	require.Equal(t, []string{"id", "(B)", "note (C)", "(D)", "note (E)"}, names([]string{"id", "", "note", "", "note"}))
}

func TestRowsThatWereGivenBackAreSaid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	require.NoError(t, os.WriteFile(path, []byte("a,b\n1,2\n"), 0o600))
	kept := keep(t, path)
	require.Equal(t, 1, kept.Rows())
	require.Equal(t, -1, kept.Column("c"))
	require.True(t, kept.Text())
	kept.Close()
	kept.Close()
	none := func(*Piece) error { return nil }
	require.ErrorIs(t, kept.Read(context.Background(), 0, -1, 0, none), ErrClosed)
	require.ErrorIs(t, kept.Look(context.Background(), 0, 1, 0, none), ErrClosed)
	var k Keeper
	_, err := k.Take()
	require.ErrorIs(t, err, ErrNoRows)
	require.Nil(t, k.Now())
}
