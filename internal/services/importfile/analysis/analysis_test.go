package analysis_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/rules"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// own are rules of every kind, some of them about the key that the cleaning looks at too.
const own = `
[[rule]]
id = "key"
kind = "key"
columns = ["order_id"]
[[rule]]
id = "key_of_two"
kind = "key"
columns = ["order_id", "channel"]
[[rule]]
id = "present"
kind = "not_null"
column = "channel"
[[rule]]
id = "id_present"
kind = "not_null"
column = "order_id"
[[rule]]
id = "whole"
kind = "type"
column = "quantity"
type = "integer"
[[rule]]
id = "date"
kind = "type"
column = "order_date"
type = "date"
[[rule]]
id = "days"
kind = "range"
column = "order_date"
min = "2025-02-01"
[[rule]]
id = "price"
kind = "range"
column = "unit_price"
max = 90
[[rule]]
id = "values"
kind = "values"
column = "quantity"
values = ["1", "2", "3"]
[[rule]]
id = "pattern"
kind = "pattern"
column = "order_id"
pattern = "1"
[[rule]]
id = "fresh"
kind = "fresh"
column = "order_date"
max_age_days = 1
[[rule]]
id = "formula"
kind = "formula"
formula = "revenue = quantity * unit_price"
tolerance = 0.01
`

// messy is a text file with values of all kinds where they belong and where they don't.
func messy(seed uint64) string {
	draw := rand.New(rand.NewPCG(seed, 3))
	odd := []string{"", " ", "x", " 12 ", "2025-02-30", "01.02.2025", "true", "1e3", "-4", "10:30", "2025-03-01T10:00:00"}
	var b strings.Builder
	b.WriteString("Order ID;order_date;channel;Region;quantity;unit_price;revenue\n")
	for range 3000 {
		quantity, price := 1+draw.IntN(5), draw.IntN(10_000)
		row := []string{
			fmt.Sprintf("A%d", draw.IntN(2500)), fmt.Sprintf("2025-%02d-%02d", 1+draw.IntN(12), 1+draw.IntN(28)), []string{"Web", "Shop ", "Phone", ""}[draw.IntN(4)], "North",
			fmt.Sprint(quantity), fmt.Sprintf("%d.%02d", price/100, price%100), fmt.Sprintf("%d.%02d", quantity*price/100, quantity*price%100),
		}
		if draw.IntN(8) == 0 {
			row[0] = fmt.Sprint(draw.IntN(300)) // a number, which a text may equal
		}
		if draw.IntN(30) == 0 {
			row[draw.IntN(len(row))] = odd[draw.IntN(len(odd))]
		}
		if draw.IntN(90) == 0 {
			row = []string{"", " ", "", "", "", "", ""}
		}
		b.WriteString(strings.Join(row, ";") + "\n")
	}
	return b.String()
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// workbook has a text file's cells as a workbook: numbers and dates as such, texts as they are.
func workbook(t *testing.T, content string) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	format := "yyyy-mm-dd"
	day, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
	require.NoError(t, err)
	for r, line := range strings.Split(strings.TrimSpace(content), "\n") {
		for c, text := range strings.Split(line, ";") {
			cell := spreadsheet.Address(c, r+1)
			var n float64
			if _, err := fmt.Sscanf(text, "%f", &n); err == nil && fmt.Sprint(n) == text {
				require.NoError(t, book.SetCellValue("Sheet1", cell, n))
			} else if d, err := time.Parse(time.DateOnly, text); err == nil {
				require.NoError(t, book.SetCellValue("Sheet1", cell, d))
				require.NoError(t, book.SetCellStyle("Sheet1", cell, cell, day))
			} else if text != "" {
				require.NoError(t, book.SetCellStr("Sheet1", cell, text))
			}
		}
	}
	path := filepath.Join(t.TempDir(), "messy.xlsx")
	require.NoError(t, book.SaveAs(path))
	return path
}

// TestOneReadingSaysWhatOneForEachPartSays: parts that read together share what was read, and must not notice.
func TestOneReadingSaysWhatOneForEachPartSays(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, sampledata.Write(dir))
	files := []string{filepath.Join(dir, sampledata.FactFile), filepath.Join(dir, sampledata.NextFile), filepath.Join(dir, sampledata.BrokenFile),
		filepath.Join("..", "spreadsheet", "testdata", "sales_cleaned.parquet"), write(t, "empty.csv", "\n\n"), write(t, "header.csv", "order_id,revenue\n")}
	for seed := range uint64(3) {
		files = append(files, write(t, "messy.csv", messy(seed)), workbook(t, messy(seed)))
	}
	at := time.Date(2026, 11, 23, 6, 30, 0, 0, time.UTC)
	failed := 0
	for i, path := range files {
		for _, set := range []string{"", write(t, "own.toml", own)} {
			if i < 3 && set != "" { // once is enough for the large ones
				continue
			}
			o := analysis.Options{RulesFile: set, Version: "1", Now: func() time.Time { return at }}
			of := func(p analysis.Parts) *analysis.Result {
				o.Parts = p
				found, err := analysis.File(t.Context(), path, o)
				require.NoError(t, err, path)
				return found
			}
			one, name := of(0), filepath.Base(path)
			require.Equal(t, of(analysis.Preview).Preview, one.Preview, name)
			require.Equal(t, of(analysis.Profile).Profile, one.Profile, name)
			figures := of(analysis.KPIs)
			require.Equal(t, figures.KPIs, one.KPIs, name)
			require.Equal(t, figures.KPIError, one.KPIError, name)
			require.Equal(t, figures.Rows, one.Rows, name)
			require.Equal(t, of(analysis.Rules).Rules, one.Rules, name)
			changes := of(analysis.Cleaning).Cleaning
			require.Equal(t, changes.Counts, one.Cleaning.Counts, name)
			require.Equal(t, changes.Changes, one.Cleaning.Changes, name)
			require.Equal(t, one.Profile.RowCount, one.Rules.Rows, name)
			require.Equal(t, of(analysis.All), one, name)
			require.NoError(t, one.Incomplete, name)
			failed += one.Rules.Failed(rules.Warning)
		}
	}
	require.Greater(t, failed, 30, "otherwise little is compared")
}

func TestWhatIsNotAskedForIsNotThere(t *testing.T) {
	path := write(t, "a.csv", messy(1))
	found, err := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.Cleaning, Cleaning: cleaning.PreviewOptions{Rows: 10}})
	require.NoError(t, err)
	require.EqualValues(t, 10, found.Cleaning.Rows)
	require.False(t, found.Cleaning.Whole)
	require.NotNil(t, found.Reading, "what the cleaning changes depends on how the file is read")
	found.Cleaning, found.Reading = nil, nil
	require.Equal(t, &analysis.Result{}, found)

	seen := 0
	found, err = analysis.File(t.Context(), path, analysis.Options{Parts: analysis.Preview, PreviewRows: 3, Seen: func(p *profile.Preview) {
		seen++
		require.Len(t, p.Rows, 3)
	}, Progress: func(analysis.Progress) { t.Error("nothing is read as a whole") }})
	require.NoError(t, err)
	require.Equal(t, 1, seen)
	found.Preview = nil
	require.Equal(t, &analysis.Result{}, found)
}

// TestTheFirstRowsComeBeforeTheFileIsRead, and the reading tells how far it is, once for all parts.
func TestTheFirstRowsComeBeforeTheFileIsRead(t *testing.T) {
	var told []string
	path := write(t, "a.csv", messy(1))
	_, err := analysis.File(t.Context(), path, analysis.Options{
		Seen: func(p *profile.Preview) { told = append(told, fmt.Sprint(len(p.Rows), " first rows")) },
		Progress: func(p analysis.Progress) {
			require.LessOrEqual(t, p.Bytes, p.Total)
			told = append(told, fmt.Sprint(p.Rows >= 2900 && p.Bytes == p.Total))
		},
	})
	require.NoError(t, err)
	require.Equal(t, "50 first rows", told[0])
	require.Equal(t, "true", told[len(told)-1])
	require.Greater(t, len(told), 2)
}

// TestNothingIsGreenThatWasNotReadToItsEnd: a file that vanishes, is replaced, grows or is damaged between its opening and
// its end has given its profile, its rules and its KPIs of something that is not there.
func TestNothingIsGreenThatWasNotReadToItsEnd(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"vanishes": os.Remove,
		"is replaced": func(path string) error {
			return errors.Join(os.WriteFile(path+".new", []byte(messy(2)), 0o600), os.Rename(path+".new", path))
		},
		"grows": func(path string) error {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteString("A1;2025-01-01;Web;North;1;2.00;2.00\n")
			return errors.Join(err, f.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, "a.csv", messy(1))
			spoilt := false
			found, err := analysis.File(t.Context(), path, analysis.Options{Progress: func(analysis.Progress) {
				if !spoilt {
					spoilt = true
					require.NoError(t, spoil(path))
				}
			}})
			require.NoError(t, err)
			requirePartly(t, found, "a.csv was changed while it was read")
		})
	}
	t.Run("is damaged", func(t *testing.T) {
		path := workbook(t, messy(1))
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		data[strings.Index(string(data), "xl/worksheets/sheet1.xml")+20_000] ^= 0x55
		require.NoError(t, os.WriteFile(path, data, 0o600))
		found, err := analysis.File(t.Context(), path, analysis.Options{})
		require.NoError(t, err)
		requirePartly(t, found, "damaged")
		require.False(t, found.Cleaning.Whole)
	})
}

// spoiler is a context that spoils a file when it was asked so often whether it has ended.
type spoiler struct {
	context.Context
	asked, at int64
	spoil     func() // once
	spoilt    bool
	mu        sync.Mutex
}

func (s *spoiler) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked++; s.asked == s.at {
		s.spoil()
		s.spoilt = true
	}
	return s.Context.Err()
}

// TestNothingIsGreenThatHasChangedBetweenItsReadings: a file of which it is found first how it is read is read several times.
// Whenever it changes, before the first of them has begun or after, it is an error or incomplete.
func TestNothingIsGreenThatHasChangedBetweenItsReadings(t *testing.T) {
	for name, o := range map[string]analysis.Options{"found": {}, "given": {Read: contract.ReadOptions{RowIs: contract.RowIsOrderLine}}} {
		t.Run(name, func(t *testing.T) {
			path := write(t, "a.csv", messy(1))
			whole := &spoiler{Context: t.Context()}
			_, err := analysis.File(whole, path, o)
			require.NoError(t, err)
			require.Greater(t, whole.asked, int64(30))
			between := 0
			for at := int64(1); at <= whole.asked; at += max(1, whole.asked/15) {
				path := write(t, "a.csv", messy(1))
				ctx := &spoiler{Context: t.Context(), at: at, spoil: func() {
					if err := os.WriteFile(path, []byte(messy(2)), 0o600); err != nil {
						t.Error(err)
					}
				}}
				read := false // on, after it was spoilt
				o.Progress = func(analysis.Progress) {
					ctx.mu.Lock()
					defer ctx.mu.Unlock()
					read = read || ctx.spoilt
				}
				if found, err := analysis.File(ctx, path, o); read && err == nil {
					requirePartly(t, found, "a.csv was changed while it was read")
					between++
				}
			}
			require.Positive(t, between)
		})
	}
}

func requirePartly(t *testing.T, found *analysis.Result, why string) {
	t.Helper()
	var incomplete *scan.IncompleteError
	require.ErrorAs(t, found.Incomplete, &incomplete)
	require.Contains(t, incomplete.Reason, why)
	require.False(t, found.Profile.Complete)
	require.Equal(t, incomplete.Reason, *found.Profile.IncompleteReason)
	require.Equal(t, incomplete.Reason, found.Rules.Incomplete)
	require.Equal(t, incomplete, found.KPIError)
	require.Nil(t, found.KPIs)
}

func TestAFileThatCanNotBeReadAtAllIsAnError(t *testing.T) {
	for _, o := range []analysis.Options{{}, {Parts: analysis.Preview}, {Parts: analysis.Rules}, {Parts: analysis.Cleaning}} {
		_, err := analysis.File(t.Context(), filepath.Join(t.TempDir(), "gone.csv"), o)
		require.ErrorAs(t, err, new(*spreadsheet.UnreadableError))
		o.Read.HeaderRow = 7
		_, err = analysis.File(t.Context(), write(t, "a.csv", "a,b\n1,2\n\n\n\n\n \n3,4\n"), o)
		require.ErrorContains(t, err, "Row 7 of a.csv holds no value", "%v", o.Parts)
		o.Read.HeaderRow, o.Read.Sheet = 0, "Orders"
		_, err = analysis.File(t.Context(), write(t, "a.csv", "a,b\n1,2\n"), o)
		require.ErrorContains(t, err, "has no sheets", "%v", o.Parts)
	}
}

// TestRulesThatCanNotBeUsedLeaveTheRest: what they say is missing, and why is told.
func TestRulesThatCanNotBeUsedLeaveTheRest(t *testing.T) {
	found, err := analysis.File(t.Context(), write(t, "a.csv", messy(1)), analysis.Options{RulesFile: write(t, "bad.toml", "[[rule]]\nid = 'a'\nkind = 'odd'")})
	require.NoError(t, err)
	require.ErrorAs(t, found.RulesError, new(*rules.FileError))
	require.Nil(t, found.Rules)
	require.NotNil(t, found.Profile)
	require.NotNil(t, found.Cleaning)
}

// TestRulesWithoutRoomForTheirKeysLeaveTheRest: of more rows than the keys in memory, where the rest can't be put on disk.
func TestRulesWithoutRoomForTheirKeysLeaveTheRest(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("channel,region\n")
	for i := range 110_000 {
		fmt.Fprintf(&b, "%d,x\n", i)
	}
	path := write(t, "many.csv", b.String())
	set := write(t, "own.toml", "[[rule]]\nid = 'k'\nkind = 'key'\ncolumns = ['channel', 'region']")
	missing := filepath.Join(t.TempDir(), "gone")
	t.Setenv("TMPDIR", missing)
	t.Setenv("TMP", missing)
	found, err := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.Rules | analysis.Cleaning, RulesFile: set, Limits: spreadsheet.Limits{Keys: 100_000}})
	require.NoError(t, err)
	require.ErrorAs(t, found.RulesError, new(*spreadsheet.UnreadableError))
	require.ErrorContains(t, found.RulesError, "many.csv has more rows than fit into memory")
	require.Nil(t, found.Rules)
	require.EqualValues(t, 20_000, found.Cleaning.Rows)
}

// TestTheOffendingRowsComeOfTheSameReading, and are those of a reading for them alone.
func TestTheOffendingRowsComeOfTheSameReading(t *testing.T) {
	path, set := write(t, "a.csv", messy(1)), write(t, "own.toml", own)
	var rowsOf [2][][]string
	read := contract.ReadOptions{RowIs: contract.RowIsOrder}
	for i, parts := range []analysis.Parts{analysis.Rules, analysis.All} {
		var out bytes.Buffer
		found, err := analysis.File(t.Context(), path, analysis.Options{Parts: parts, Read: read, RulesFile: set, Offending: &out})
		require.NoError(t, err)
		book, err := excelize.OpenReader(&out)
		require.NoError(t, err)
		rowsOf[i], err = book.GetRows("Rows")
		require.NoError(t, err)
		require.NoError(t, book.Close())
		for _, o := range found.Rules.Outcomes {
			if o.Rule.ID == "key" {
				require.Greater(t, o.Count, int64(100))
			}
		}
	}
	require.Greater(t, len(rowsOf[0]), 500)
	require.Equal(t, rowsOf[0], rowsOf[1])
	found, err := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.Rules, RulesFile: set})
	require.NoError(t, err)
	require.False(t, found.Rules.Outcomes[0].Checked, "the rows are found to be order lines, which share an order_id")
	require.Equal(t, "key", found.Rules.Outcomes[0].Rule.ID)
	_, err = analysis.File(t.Context(), path, analysis.Options{Offending: full{}})
	require.ErrorContains(t, err, "writing the offending rows: the disk is full")
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestAnAnalysisEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	path := write(t, "a.csv", strings.Repeat(messy(1), 20))
	found, err := analysis.File(ctx, path, analysis.Options{Progress: func(p analysis.Progress) {
		require.Less(t, p.Rows, int64(30_000), "it goes on")
		cancel()
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.Nil(t, found)
}

func TestDriftIsFoundByTheProfile(t *testing.T) {
	before, err := analysis.File(t.Context(), write(t, "a.csv", "order_id,revenue\nA,1\n"), analysis.Options{Parts: analysis.Profile})
	require.NoError(t, err)
	now, err := analysis.File(t.Context(), write(t, "b.csv", "order_id,coupon\nA,1\n"), analysis.Options{Parts: analysis.Profile})
	require.NoError(t, err)
	require.Empty(t, now.Drift)
	now.Compare(before.Profile)
	require.NotEmpty(t, now.Drift)
}
