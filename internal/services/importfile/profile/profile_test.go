package profile_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// csvOf is a CSV file with a header and so many good rows.
func csvOf(rows int) string {
	var b strings.Builder
	b.WriteString("order_id,order_date,revenue,channel,region,product_category\n")
	for i := range rows {
		fmt.Fprintf(&b, "A%d,2026-01-02,1.5,Online,North,Toys\n", i)
	}
	return b.String()
}

func check(t *testing.T, p *contract.ImportProfile, id string) contract.Check {
	t.Helper()
	for _, c := range p.Validation.Checks {
		if c.ID == id {
			return c
		}
	}
	require.Fail(t, "no check", id)
	return contract.Check{}
}

// TestParquetIsReadExactly: columns of lists are left out and named, and ids of 64 bits are told apart.
func TestParquetIsReadExactly(t *testing.T) {
	type order struct {
		ID   uint64   `parquet:"order_id"`
		Day  int32    `parquet:"order_date,date"`
		Tags []string `parquet:"tags,list"`
		Sum  float64  `parquet:"revenue"`
	}
	var rows []order
	for i := range 1000 {
		rows = append(rows, order{ID: 1<<63 + uint64(i), Day: 20_000, Tags: []string{"a"}, Sum: 1})
	}
	var content bytes.Buffer
	require.NoError(t, parquet.Write(&content, rows))
	p, err := profile.File(t.Context(), write(t, "orders.parquet", content.String()), profile.Options{})
	require.NoError(t, err)
	require.Equal(t, []string{"tags"}, p.LeftOutColumns)
	require.Equal(t, 3, p.ColumnCount)
	require.True(t, check(t, p, "order_id_unique").Passed)
	require.EqualValues(t, 1000, p.Columns[0].DistinctCount)
	require.Equal(t, "9223372036854775808", p.Columns[0].Min)
}

func TestTheFileAndItsOriginAreDescribed(t *testing.T) {
	content := csvOf(30)
	path := write(t, "orders.csv", content)
	modified := time.Date(2026, 2, 3, 4, 5, 6, 700, time.UTC)
	require.NoError(t, os.Chtimes(path, modified, modified))
	now := time.Date(2026, 11, 23, 6, 30, 0, 5, time.FixedZone("", 3600))
	p, err := profile.File(t.Context(), path, profile.Options{Version: "1.2.3", Now: func() time.Time { return now }})
	require.NoError(t, err)
	sum := sha256.Sum256([]byte(content))
	last := contract.NewTime(modified)
	require.Equal(t, contract.File{Name: "orders.csv", Format: "csv", Text: &contract.TextForm{Encoding: "utf-8", Delimiter: ",", ShortRows: contract.Ragged{Rows: []int64{}}, LongRows: contract.Ragged{Rows: []int64{}}, Quoting: contract.QuotingDouble, Shifted: contract.Ragged{Rows: []int64{}}}, SizeBytes: int64(len(content)), SHA256: hex.EncodeToString(sum[:]), LastModified: &last}, p.File)
	require.Equal(t, contract.Generator{Name: "portal-desktop", Version: "1.2.3"}, p.Generator)
	require.Equal(t, "2026-11-23T05:30:00Z", p.GeneratedAt.Format(time.RFC3339))
	require.Nil(t, p.RunID)
	require.Nil(t, p.Sheet)
	require.Empty(t, p.Sheets)
	require.True(t, p.Complete)
	require.Equal(t, contract.ValidationPassed, p.Validation.Status)
}

func TestSampleRows(t *testing.T) {
	path := write(t, "orders.csv", csvOf(150))
	for wanted, got := range map[int]int{0: 20, 5: 5, 100: 100, 1000: 100, -1: 0} {
		p, err := profile.File(t.Context(), path, profile.Options{SampleRows: wanted})
		require.NoError(t, err)
		require.Len(t, p.SampleRows, got, wanted)
		require.NotNil(t, p.SampleRows)
	}
}

func TestAnUnreadableFileIsAnError(t *testing.T) {
	_, err := profile.File(t.Context(), write(t, "a.xlsx", "%PDF-1.7"), profile.Options{})
	require.ErrorAs(t, err, new(*spreadsheet.UnreadableError))
}

func TestADamagedFileIsIncomplete(t *testing.T) {
	for name, path := range map[string]string{
		"csv":  write(t, "a.csv", csvOf(50)+"A51,\"x\ny,1\n"),
		"xlsx": write(t, "a.xlsx", spoiltWorkbook(t)),
	} {
		t.Run(name, func(t *testing.T) {
			p, err := profile.File(t.Context(), path, profile.Options{})
			require.NoError(t, err)
			require.False(t, p.Complete)
			require.Contains(t, *p.IncompleteReason, "row 52")
			require.EqualValues(t, 50, p.RowCount)
			require.EqualValues(t, 50, p.Columns[0].DistinctCount)
		})
	}
}

// spoiltWorkbook is a workbook of 100 rows with a raw & in row 52: excelize reads 51 rows of such a sheet without an error.
func spoiltWorkbook(t *testing.T) string {
	book := excelize.NewFile()
	defer book.Close()
	stream, err := book.NewStreamWriter("Sheet1")
	require.NoError(t, err)
	for row := 1; row <= 101; row++ {
		require.NoError(t, stream.SetRow(fmt.Sprintf("A%d", row), []any{fmt.Sprintf("value %d", row)}))
	}
	require.NoError(t, stream.Flush())
	var good, spoilt bytes.Buffer
	require.NoError(t, book.Write(&good))
	r, err := zip.NewReader(bytes.NewReader(good.Bytes()), int64(good.Len()))
	require.NoError(t, err)
	w := zip.NewWriter(&spoilt)
	for _, part := range r.File {
		in, err := part.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(in)
		require.NoError(t, err)
		out, err := w.Create(part.Name)
		require.NoError(t, err)
		_, err = out.Write(bytes.Replace(content, []byte("value 52"), []byte("R & D"), 1))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())

	reference, err := excelize.OpenReader(bytes.NewReader(spoilt.Bytes()))
	require.NoError(t, err)
	defer reference.Close()
	rows, err := reference.GetRows("Sheet1")
	require.NoError(t, err, "the reason why excelize does not read for us has gone")
	require.Less(t, len(rows), 101)
	return spoilt.String()
}

func TestAFileThatChangesWhileItIsRead(t *testing.T) {
	path := write(t, "orders.csv", csvOf(10))
	changed := false
	p, err := profile.File(t.Context(), path, profile.Options{Progress: func(scan.Progress) {
		if !changed {
			changed = true
			require.NoError(t, os.WriteFile(path, []byte(csvOf(11)), 0o600))
		}
	}})
	require.NoError(t, err)
	require.False(t, p.Complete)
	require.Contains(t, *p.IncompleteReason, "was changed while it was read")
}

func TestProgressAndCancel(t *testing.T) {
	path := write(t, "orders.csv", csvOf(20_000))
	var reports []scan.Progress
	_, err := profile.File(t.Context(), path, profile.Options{Progress: func(p scan.Progress) { reports = append(reports, p) }})
	require.NoError(t, err)
	require.Greater(t, len(reports), 5)
	for i := 1; i < len(reports); i++ {
		require.Greater(t, reports[i].Rows, reports[i-1].Rows)
		require.GreaterOrEqual(t, reports[i].Bytes, reports[i-1].Bytes)
	}
	require.Equal(t, scan.Progress{Rows: 20_000, Bytes: reports[0].Total, Total: reports[0].Total}, reports[len(reports)-1])

	ctx, cancel := context.WithCancel(t.Context())
	rows := 0
	p, err := profile.File(ctx, path, profile.Options{Rows: func(*scan.Batch, int, *cleaning.Row) {
		if rows++; rows == 100 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.Nil(t, p)
	require.Less(t, rows, 5_000, "the reading ends with the batch")
}

func TestMessages(t *testing.T) {
	one, err := profile.File(t.Context(), write(t, "a.csv", "order_id, revenue\n,x\n"), profile.Options{})
	require.NoError(t, err)
	require.Equal(t, "The file has 1 row.", check(t, one, "rows_present").Message)
	require.Equal(t, "The required column order_date is missing.", check(t, one, "required_columns").Message)
	require.Equal(t, "The recommended columns channel, region and product_category are missing.", check(t, one, "recommended_columns").Message)
	require.Equal(t, "1 header is blank, repeated or has blanks at its ends.", check(t, one, "header_names").Message)
	require.Equal(t, "1 of 1 row has no order_id.", check(t, one, "order_id_present").Message)
	require.Equal(t, "There is no column order_date to check.", check(t, one, "order_date_valid").Message)

	content := csvOf(1234)
	content = strings.Replace(content, "A5,2026-01-02", "A4,never", 1)
	content = strings.Replace(content, "A7,2026-01-02,1.5", "A4,2026-01-02,"+strings.Repeat("ä", 90), 1)
	many, err := profile.File(t.Context(), write(t, "a.csv", content), profile.Options{})
	require.NoError(t, err)
	require.Equal(t, "The file has 1,234 rows.", check(t, many, "rows_present").Message)
	require.Equal(t, "2 of 1,234 rows repeat an earlier order_id.", check(t, many, "order_id_unique").Message)
	require.Equal(t, "1 of 1,234 rows has an order_date that is no date.", check(t, many, "order_date_valid").Message)
	require.Equal(t, []contract.Example{{Cell: "C9", Value: strings.Repeat("ä", 80)}}, check(t, many, "revenue_valid").Examples)
	require.Equal(t, "No revenue is negative.", check(t, many, "revenue_not_negative").Message)
}

// TestDirtOfTheSampleFile compares the profile with what the generator says that it wrote.
func TestDirtOfTheSampleFile(t *testing.T) {
	spec := sampledata.Next()
	path := sample(t, spec)
	result, err := profile.Analyze(t.Context(), path, profile.Options{})
	require.NoError(t, err)
	p := result.Profile
	require.True(t, p.Complete)
	require.EqualValues(t, spec.Rows(), p.RowCount)
	require.Equal(t, &contract.DateRange{Column: "order_date", Min: "2026-01-01", Max: "2026-01-31", Gaps: []contract.Gap{}}, p.DateRange)
	require.EqualValues(t, spec.Duplicates, check(t, p, "order_id_unique").Count)
	require.EqualValues(t, spec.WithoutID, check(t, p, "order_id_present").Count)
	require.EqualValues(t, spec.BadDates, check(t, p, "order_date_valid").Count)
	require.EqualValues(t, 0, check(t, p, "revenue_valid").Count)
	require.EqualValues(t, spec.Orders, result.Rows.Written)
	require.EqualValues(t, spec.Orders, p.Columns[0].DistinctCount)
	for _, c := range p.Columns {
		if c.NormalizedName == "channel" || c.NormalizedName == "region" {
			require.EqualValues(t, spec.BlankKeys, c.NullCount, c.Name)
		}
	}
}

func sample(t testing.TB, spec sampledata.Spec) string {
	path := filepath.Join(t.TempDir(), "orders.xlsx")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, sampledata.WriteOrders(f, spec))
	require.NoError(t, f.Close())
	return path
}

// BenchmarkProfile50k profiles the demo's workbook of 50,000 orders.
func BenchmarkProfile50k(b *testing.B) {
	path := sample(b, sampledata.Fact())
	info, err := os.Stat(path)
	require.NoError(b, err)
	b.SetBytes(info.Size())
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		p, err := profile.File(b.Context(), path, profile.Options{})
		require.NoError(b, err)
		rows += int(p.RowCount)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}

// TestRaggedRowsAreCountedOverAllPiecesOfAFile: a file larger than what is split at a time.
func TestRaggedRowsAreCountedOverAllPiecesOfAFile(t *testing.T) {
	const rows = 120_000
	var text strings.Builder
	text.WriteString("order_id,order_date,revenue,note\n")
	want := contract.TextForm{Encoding: "utf-8", Delimiter: ",", Quoting: contract.QuotingDouble, Shifted: contract.Ragged{Rows: []int64{}}}
	add := func(r *contract.Ragged, row int64) {
		if r.Count++; len(r.Rows) < 5 {
			r.Rows = append(r.Rows, row)
		}
	}
	for i := range rows {
		row := int64(i + 2)
		switch {
		case i%997 == 500:
			fmt.Fprintf(&text, "O%d,2026-01-01,10\n", i)
			add(&want.ShortRows, row)
		case i%1009 == 700:
			fmt.Fprintf(&text, "O%d,2026-01-01,10,,,lost\n", i)
			add(&want.LongRows, row)
		case i%31 == 0:
			text.WriteString("\n")
		case i%7 == 0:
			fmt.Fprintf(&text, "O%d,2026-01-01,10,\"a\nb\",,\n", i)
		default:
			fmt.Fprintf(&text, "O%d,2026-01-01,10,x\n", i)
		}
	}
	p, err := profile.File(t.Context(), write(t, "large.csv", text.String()), profile.Options{})
	require.NoError(t, err)
	require.True(t, p.Complete)
	require.Equal(t, &want, p.File.Text)
	require.Greater(t, want.LongRows.Count, int64(100))
}

func TestRaggedRowsAreThoseBelowTheChosenHeader(t *testing.T) {
	path := write(t, "titled.csv", "Sales of 2026\nx,y,z,more,and more\n\na,b,c\n1,2,3\n1,2\n1,2,3,4\n")
	p, err := profile.File(t.Context(), path, profile.Options{HeaderRow: 4})
	require.NoError(t, err)
	require.Equal(t, contract.Ragged{Count: 1, Rows: []int64{6}}, p.File.Text.ShortRows)
	require.Equal(t, contract.Ragged{Count: 1, Rows: []int64{7}}, p.File.Text.LongRows)

	p, err = profile.File(t.Context(), path, profile.Options{})
	require.NoError(t, err)
	require.Equal(t, contract.Ragged{Rows: []int64{}}, p.File.Text.ShortRows)
	require.Equal(t, contract.Ragged{Count: 5, Rows: []int64{2, 4, 5, 6, 7}}, p.File.Text.LongRows)
}
