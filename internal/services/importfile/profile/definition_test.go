package profile_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// randomTable fills columns of all types, some of them with what does not fit.
func randomTable(r *rand.Rand, rows int) [][]any {
	day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	dirt := func(v any) any {
		switch r.IntN(120) {
		case 0, 1, 2:
			return nil
		case 3:
			return " "
		case 4:
			return " 12.5 "
		case 5:
			return "2024-02-30"
		case 6:
			return "01.02.2024"
		case 7:
			return true
		}
		return v
	}
	table := [][]any{{"id", "amount", "share", "day", "moment", "flag", "name", "mixed", "nothing", "clock", "wide"}}
	for range rows {
		table = append(table, []any{
			dirt(r.IntN(40)), dirt(r.NormFloat64() * 1000), dirt(float64(r.IntN(100)-50) / 4), dirt(day.AddDate(0, 0, r.IntN(90))),
			dirt(day.Add(time.Duration(r.IntN(9_000_000)) * time.Second)), dirt(r.IntN(2) == 0), dirt([]string{"a", "B ", " ä", "日本", "c"}[r.IntN(5)]),
			[]any{1, "x", 2.5, true, nil}[r.IntN(5)], nil, dirt(time.Duration(r.IntN(86_400)) * time.Second),
			dirt(fmt.Sprintf("%s %d", strings.Repeat("é", r.IntN(100)), r.IntN(300))),
		})
	}
	// Some rows a second time.
	for range rows / 20 {
		table = append(table, table[1+r.IntN(rows)])
	}
	return table
}

func writeWorkbook(t *testing.T, table [][]any, inline bool) string {
	book := excelize.NewFile()
	defer book.Close()
	styles := map[string]int{}
	for _, format := range []string{"yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm:ss"} {
		style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
		require.NoError(t, err)
		styles[format] = style
	}
	typed := func(v any) (any, int) {
		switch v := v.(type) {
		case time.Time:
			if v.Truncate(24 * time.Hour).Equal(v) {
				return v, styles["yyyy-mm-dd"]
			}
			return v, styles["yyyy-mm-dd hh:mm:ss"]
		case time.Duration:
			return v.Hours() / 24, styles["hh:mm:ss"]
		}
		return v, 0
	}
	if inline {
		stream, err := book.NewStreamWriter("Sheet1")
		require.NoError(t, err)
		for i, row := range table {
			cells := make([]any, len(row))
			for j, v := range row {
				if value, style := typed(v); value != nil {
					cells[j] = excelize.Cell{Value: value, StyleID: style}
				}
			}
			require.NoError(t, stream.SetRow(fmt.Sprintf("A%d", i+1), cells))
		}
		require.NoError(t, stream.Flush())
	} else {
		for i, row := range table {
			for j, v := range row {
				value, style := typed(v)
				if value == nil {
					continue
				}
				cell := spreadsheet.Address(j, i+1)
				require.NoError(t, book.SetCellValue("Sheet1", cell, value))
				if style > 0 {
					require.NoError(t, book.SetCellStyle("Sheet1", cell, cell, style))
				}
			}
		}
	}
	path := filepath.Join(t.TempDir(), "random.xlsx")
	require.NoError(t, book.SaveAs(path))
	return path
}

func writeCSV(t *testing.T, table [][]any) string {
	var b strings.Builder
	for _, row := range table {
		for j, v := range row {
			if j > 0 {
				b.WriteByte(',')
			}
			switch v := v.(type) {
			case nil:
			case time.Time:
				b.WriteString(v.Format("2006-01-02T15:04:05"))
			case time.Duration:
				b.WriteString(time.Time{}.Add(v).Format("15:04:05"))
			default:
				fmt.Fprintf(&b, "\"%v\"", v)
			}
		}
		b.WriteString("\n")
	}
	path := filepath.Join(t.TempDir(), "random.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

// TestProfileEqualsThePlainDefinition compares every figure of every column with what its definition gives.
func TestProfileEqualsThePlainDefinition(t *testing.T) {
	seeds := uint64(3)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		table := randomTable(rand.New(rand.NewPCG(seed, 9)), 1500)
		for name, path := range map[string]string{"shared texts": writeWorkbook(t, table, false), "texts in cells": writeWorkbook(t, table, true), "csv": writeCSV(t, table)} {
			t.Run(fmt.Sprint(name, " ", seed), func(t *testing.T) {
				want, duplicates := reference(t, path)
				p, err := profile.File(t.Context(), path, profile.Options{})
				require.NoError(t, err)
				require.True(t, p.Complete)
				requireColumns(t, want, p.Columns)
				require.Equal(t, duplicates, p.DuplicateRows)
				require.Positive(t, duplicates)
			})
		}
	}
}
