package sampledata

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// shared is the folder with the three sample files, written once for all tests.
var shared string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "sampledata-test-*")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
		if err := Write(dir); err != nil {
			panic(err)
		}
		shared = dir
		return m.Run()
	}())
}

// found is what a reader sees in a file.
type found struct {
	Headers                                          []string
	Rows, Orders, Repeated, WithoutID                int
	BadDates, TextDates, BlankCell                   int
	Padded, WrongRevenue, NotIdentical, OutsideRange int
	RevenueCents                                     int
	ByMonth                                          [12]int
}

var (
	readableDate = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2}|\d{2}\.\d{2}\.\d{4})$`)
	badDate      = map[string]bool{"31.02.2025": true, "n/a": true, "2025-13-05": true, "unknown": true, "30/06/2025": true, "00.00.0000": true, "tbd": true}
)

// inspect reads a file with excelize, cells as they are stored.
func inspect(t *testing.T, path string, from, to time.Time) found {
	t.Helper()
	book, err := excelize.OpenFile(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	require.Equal(t, []string{"Orders"}, book.GetSheetList())
	rows, err := book.Rows("Orders")
	require.NoError(t, err)
	var f found
	seen := map[string]string{}
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		if n == 1 {
			f.Headers = cells
			continue
		}
		f.Rows++
		for len(cells) < len(f.Headers) {
			cells = append(cells, "")
		}
		for _, c := range cells {
			if c == "" {
				f.BlankCell++
			}
			if c != strings.TrimSpace(c) {
				f.Padded++
			}
		}
		id, date := cells[0], cells[1]
		switch {
		case badDate[date]:
			f.BadDates++
		case readableDate.MatchString(date):
			f.TextDates++
		default:
			serial, err := strconv.Atoi(date)
			require.NoError(t, err, "row %d", n)
			d := day(1899, time.December, 30).AddDate(0, 0, serial)
			if d.Before(from) || d.After(to) {
				f.OutsideRange++
			}
		}
		if id == "" {
			f.WithoutID++
			continue
		}
		whole := strings.Join(cells, "\x1f")
		if first, ok := seen[id]; ok {
			f.Repeated++
			if first != whole {
				f.NotIdentical++
			}
			continue
		}
		seen[id] = whole
		f.Orders++
		if len(f.Headers) < 18 {
			continue
		}
		quantity, price, discount, revenue := number(t, cells[11]), number(t, cells[12]), number(t, cells[13]), number(t, cells[14])
		if math.Abs(quantity*price*(1-discount)-revenue) > 0.005+1e-9 || math.Abs(revenue*100-math.Round(revenue*100)) > 1e-6 {
			f.WrongRevenue++
		}
		f.RevenueCents += int(math.Round(revenue * 100))
		if serial, err := strconv.Atoi(date); err == nil {
			f.ByMonth[day(1899, time.December, 30).AddDate(0, 0, serial).Month()-1]++
		}
	}
	require.NoError(t, rows.Close())
	return f
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	require.NoError(t, err)
	return v
}

func TestFactFileAndTheNextMonth(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads a file of 50,000 rows with another library")
	}
	f := inspect(t, filepath.Join(shared, FactFile), Fact().From, Fact().To)
	require.Len(t, f.Headers, 18)
	require.Equal(t, "Region ", f.Headers[6])
	require.Equal(t, " Revenue ", f.Headers[14])
	require.Equal(t, 50_000, f.Orders)
	require.Equal(t, 37, f.Repeated)
	require.Equal(t, 9, f.WithoutID)
	require.Equal(t, 50_046, f.Rows)
	require.Equal(t, 23, f.BadDates)
	require.Equal(t, 31, f.TextDates)
	require.GreaterOrEqual(t, f.Padded, 200)
	require.Greater(t, f.BlankCell, 5_000)
	require.Zero(t, f.WrongRevenue)
	require.Zero(t, f.NotIdentical)
	require.Zero(t, f.OutsideRange)
	// The figure that the demo and the documents show.
	require.Equal(t, 6_699_399_27, f.RevenueCents)
	// The year has a shape: a quiet February, a strong end.
	for month, n := range f.ByMonth {
		require.GreaterOrEqual(t, n, f.ByMonth[1], "month %d", month+1)
		require.LessOrEqual(t, n, f.ByMonth[11], "month %d", month+1)
	}

	next := inspect(t, filepath.Join(shared, NextFile), Next().From, Next().To)
	require.Equal(t, 4_312, next.Orders)
	require.Equal(t, 4_315, next.Rows)
	require.Zero(t, next.OutsideRange)
	require.Zero(t, next.WrongRevenue)
	require.Greater(t, next.ByMonth[0], f.ByMonth[0], "the business grows")
	require.Less(t, next.ByMonth[0], f.ByMonth[0]*13/10)
}

func TestBrokenFileHasNoRevenueAndTwelvePercentRepeated(t *testing.T) {
	f := inspect(t, filepath.Join(shared, BrokenFile), Broken().From, Broken().To)
	require.Len(t, f.Headers, 17)
	for _, h := range f.Headers {
		require.NotEqual(t, "Revenue", strings.TrimSpace(h))
	}
	require.Equal(t, 2_000, f.Rows)
	require.Equal(t, 240, f.Repeated)
}

func TestDatesAreDateCells(t *testing.T) {
	book, err := excelize.OpenFile(filepath.Join(shared, NextFile))
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	shown, err := book.GetCellValue("Orders", "B2")
	require.NoError(t, err)
	require.Equal(t, "2026-01-01", shown)
	raw, err := book.GetCellValue("Orders", "B2", excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	require.Equal(t, "46023", raw)
}

func TestSameSpecSameBytes(t *testing.T) {
	one, two := shared, t.TempDir()
	require.NoError(t, Write(two))
	for _, name := range []string{FactFile, NextFile, BrokenFile} {
		a, err := os.ReadFile(filepath.Join(one, name))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(two, name))
		require.NoError(t, err)
		require.True(t, bytes.Equal(a, b), name)
	}
	var plain, dirty bytes.Buffer
	spec := Next()
	require.NoError(t, WriteOrders(&plain, spec))
	spec.Seed++
	require.NoError(t, WriteOrders(&dirty, spec))
	require.False(t, bytes.Equal(plain.Bytes(), dirty.Bytes()), "another seed gives other orders")
}

func TestShapeIsExcels(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, WriteOrders(&out, Next()))
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	parts := map[string]string{}
	var names []string
	for _, f := range archive.File {
		require.Equal(t, zip.Deflate, f.Method)
		require.Equal(t, 1980, f.Modified.Year())
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		names = append(names, f.Name)
		parts[f.Name] = string(content)
	}
	require.Equal(t, "[Content_Types].xml", names[0])
	for _, name := range names {
		require.NoError(t, wellFormed(parts[name]), name)
		require.True(t, strings.Contains(parts["[Content_Types].xml"], `"/`+name+`"`) || strings.HasSuffix(name, ".rels") || name == names[0], "%s has no content type", name)
	}
	sheet := parts["xl/worksheets/sheet1.xml"]
	require.Contains(t, sheet, `<dimension ref="A1:R4316"/>`)
	require.Contains(t, sheet, `<row r="2" spans="1:18" x14ac:dyDescent="0.25"><c r="A2" t="s"><v>18</v></c><c r="B2" s="1"><v>46023</v></c>`)
	require.Regexp(t, `<v>\d+\.\d{13,}</v>`, sheet, "numbers have 17 significant digits where they need them")
	require.Equal(t, 4_316, strings.Count(sheet, "<row "))
	table := regexp.MustCompile(`<sst [^>]*count="(\d+)" uniqueCount="(\d+)">`).FindStringSubmatch(parts["xl/sharedStrings.xml"])
	require.Equal(t, strconv.Itoa(strings.Count(sheet, `t="s"`)), table[1])
	require.Equal(t, strconv.Itoa(strings.Count(parts["xl/sharedStrings.xml"], "<si>")), table[2])
	require.Contains(t, parts["xl/sharedStrings.xml"], `<t xml:space="preserve"> Revenue </t>`)
}

func wellFormed(content string) error {
	d := xml.NewDecoder(strings.NewReader(content))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// TestOpenpyxlReadsTheSame reads the files with the library that the notebook uses.
func TestOpenpyxlReadsTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("openpyxl takes some seconds")
	}
	python, err := filepath.Abs(filepath.Join("..", "..", "..", ".cache", "venv", "bin", "python"))
	require.NoError(t, err)
	if _, err := os.Stat(python); err != nil {
		t.Skip("the notebooks' Python environment is not there: run scripts/setup.sh python")
	}
	const script = `
import datetime, json, sys, openpyxl
rows = list(openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True).active.iter_rows(values_only=True))
body = rows[1:]
print(json.dumps({
    "rows": len(body), "orders": len({r[0] for r in body} - {None}), "headers": rows[0],
    "dates": sum(isinstance(r[1], datetime.datetime) for r in body),
    "text_numbers": sum(isinstance(r[14], str) for r in body), "booleans": sum(isinstance(r[17], bool) for r in body),
    "wrong": sum(abs(float(r[11]) * r[12] * (1 - r[13]) - float(r[14])) > 0.005 + 1e-9 for r in body),
}))`
	out, err := exec.CommandContext(t.Context(), python, "-c", script, filepath.Join(shared, FactFile)).Output()
	require.NoError(t, err)
	var seen struct {
		Rows, Orders, Dates, Booleans, Wrong int
		TextNumbers                          int `json:"text_numbers"`
		Headers                              []string
	}
	require.NoError(t, json.Unmarshal(out, &seen))
	require.Equal(t, 50_046, seen.Rows)
	require.Equal(t, 50_000, seen.Orders)
	require.Equal(t, 50_046-23-31, seen.Dates)
	require.Equal(t, 58, seen.TextNumbers)
	require.Equal(t, 50_046, seen.Booleans)
	require.Zero(t, seen.Wrong)
	require.Equal(t, " Revenue ", seen.Headers[14])
}

func TestImpossibleSpecsAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Spec){
		"no orders":             func(s *Spec) { s.Orders = 0 },
		"more than a sheet":     func(s *Spec) { s.Orders = 1_048_576 },
		"ends before it starts": func(s *Spec) { s.To = s.From.AddDate(0, 0, -1) },
		"more dirt than orders": func(s *Spec) { s.Duplicates = s.Orders + 1 },
		"too many text dates":   func(s *Spec) { s.BadDates, s.TextDates = s.Orders, 1 },
		"less than no dirt":     func(s *Spec) { s.Padded = -1 },
	} {
		spec := Next()
		change(&spec)
		require.Error(t, WriteOrders(io.Discard, spec), name)
	}
}

// full fails once so many bytes are written.
type full struct{ left int }

var errFull = errors.New("disk full")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteErrorsAreReportedAndNothingIsLeft(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	for _, left := range []int{0, 100, 20_000, 200_000} {
		require.ErrorIs(t, WriteOrders(&full{left}, Next()), errFull, "after %d bytes", left)
	}
	require.NoError(t, WriteOrders(io.Discard, Next()))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
	require.Error(t, Write(filepath.Join(dir, "missing")))
}
