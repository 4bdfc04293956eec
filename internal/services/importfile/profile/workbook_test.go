package profile_test

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// saved writes a workbook, with some more parts in its package.
func saved(t *testing.T, book *excelize.File, extra ...string) string {
	var content, out bytes.Buffer
	require.NoError(t, book.Write(&content))
	r, err := zip.NewReader(bytes.NewReader(content.Bytes()), int64(content.Len()))
	require.NoError(t, err)
	w := zip.NewWriter(&out)
	for _, part := range r.File {
		src, err := part.OpenRaw()
		require.NoError(t, err)
		dst, err := w.CreateRaw(&part.FileHeader)
		require.NoError(t, err)
		_, err = io.Copy(dst, src)
		require.NoError(t, err)
	}
	for _, name := range extra {
		_, err := w.Create(name)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return write(t, "orders.xlsx", out.String())
}

func TestWhatAWorkbookHides(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	require.NoError(t, book.SetSheetName("Sheet1", "Orders"))
	for i, row := range [][]any{{"Title"}, {}, {"a", "b"}, {1, 2}, {3, "x "}, {}, {5, "#N/A"}, {3, "x"}} {
		require.NoError(t, book.SetSheetRow("Orders", spreadsheet.Address(0, i+1), &row))
	}
	require.NoError(t, book.SetCellFormula("Orders", "A4", "0+1"))
	require.NoError(t, book.SetCellFormula("Orders", "C5", "A5"))
	require.NoError(t, book.SetRowVisible("Orders", 5, false))
	require.NoError(t, book.SetRowVisible("Orders", 6, false)) // has no value and is no row
	for name, value := range map[string]any{"Secret": 7, "Blank": " ", "Nothing": nil} {
		_, err := book.NewSheet(name)
		require.NoError(t, err)
		require.NoError(t, book.SetCellValue(name, "C9", value))
	}
	require.NoError(t, book.SetSheetVisible("Secret", false))
	path := saved(t, book, "xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/externalLinks/externalLink2.xml", "xl/externalLinks/_rels/externalLink1.xml.rels")

	p, err := profile.File(t.Context(), path, profile.Options{HeaderRow: 3})
	require.NoError(t, err)
	require.True(t, p.Complete)
	require.True(t, p.Macros)
	require.Equal(t, contract.FormatXLSM, p.File.Format)
	require.Equal(t, 2, p.ExternalLinks)
	require.EqualValues(t, 3, *p.HeaderRow)
	require.EqualValues(t, 4, p.RowCount)
	require.EqualValues(t, 1, p.HiddenRows)
	require.EqualValues(t, 1, p.DuplicateRows)
	require.EqualValues(t, 1, p.Columns[0].Formulas)
	require.EqualValues(t, 1, p.Columns[1].BlankEnds)
	data := map[string]contract.Sheet{}
	for _, s := range p.Sheets {
		data[s.Name] = s
	}
	require.Equal(t, map[string]contract.Sheet{"Orders": {Name: "Orders", HasData: true}, "Secret": {Name: "Secret", Hidden: true, HasData: true},
		"Blank": {Name: "Blank"}, "Nothing": {Name: "Nothing"}}, data)

	found, err := profile.File(t.Context(), path, profile.Options{})
	require.NoError(t, err)
	require.EqualValues(t, 1, *found.HeaderRow)
	require.Equal(t, 1, found.ColumnCount)

	secret, err := profile.File(t.Context(), path, profile.Options{Sheet: "secret"})
	require.NoError(t, err)
	require.Equal(t, "Secret", *secret.Sheet)
	require.EqualValues(t, 9, *secret.HeaderRow)

	for _, row := range []int{2, 99} {
		_, err = profile.File(t.Context(), path, profile.Options{HeaderRow: row})
		require.ErrorAs(t, err, new(*spreadsheet.UnreadableError))
		require.ErrorContains(t, err, "holds no value")
	}
	_, err = profile.File(t.Context(), path, profile.Options{Sheet: "Nowhere"})
	require.ErrorContains(t, err, `no sheet “Nowhere”: choose one of its 4 sheets`)
	_, err = profile.File(t.Context(), write(t, "a.csv", "a\n1\n"), profile.Options{Sheet: "x"})
	require.ErrorContains(t, err, "has no sheets")
}

// TestOrderIdsAreComparedAsTexts mixes the ways in which one order_id can stand in a workbook.
func TestOrderIdsAreComparedAsTexts(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	rows := [][]any{{"order_id"}, {17}, {"17"}, {" 17 "}, {"017"}, {17.5}, {"17.50"}, {"17.5"}, {true}, {"true"}, {"TRUE"}, {"A"}, {"a"}, {"A "}}
	for i, row := range rows {
		require.NoError(t, book.SetSheetRow("Sheet1", spreadsheet.Address(0, i+1), &row))
	}
	p, err := profile.File(t.Context(), saved(t, book), profile.Options{})
	require.NoError(t, err)
	unique := check(t, p, "order_id_unique")
	require.Equal(t, []contract.Example{{Cell: "A3", Value: "17"}, {Cell: "A4", Value: "17"}, {Cell: "A8", Value: "17.5"}, {Cell: "A10", Value: "true"}, {Cell: "A14", Value: "A"}}, unique.Examples)
	require.EqualValues(t, 5, unique.Count)
}
