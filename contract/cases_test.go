package contract_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/kpis"
)

// example is one file of testdata/cases; its README.md describes the keys.
type example struct {
	Name     string           `json:"name"`
	CSV      *string          `json:"csv"`
	Encoding string           `json:"encoding"`
	Base64   []byte           `json:"base64"` // of a text file with bytes of several encodings
	Parquet  []byte           `json:"parquet"`
	Rows     [][]any          `json:"rows"`
	Sheets   []exampleSheet   `json:"sheets"`
	Date1904 bool             `json:"date1904"`
	Funnel   *contract.Funnel `json:"funnel"`
	Read     json.RawMessage  `json:"options"`
	Expect   struct {
		Profile any     `json:"profile"`
		KPIs    any     `json:"kpis"`
		Rows    any     `json:"rows"`
		Error   *string `json:"error"`
	} `json:"expect"`
}

type exampleSheet struct {
	Name   string  `json:"name"`
	Hidden bool    `json:"hidden"`
	Rows   [][]any `json:"rows"`
}

func TestExamplesOfTheRules(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	profileSchema, kpisSchema := compiled(t, "import_profile.schema.json"), compiled(t, "kpis.schema.json")
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			var c example
			require.NoError(t, json.Unmarshal(data, &c))

			read, err := contract.ParseReadOptions(c.Read)
			require.NoError(t, err)
			a, err := analysis.File(t.Context(), c.write(t), analysis.Options{Read: read, Funnel: c.Funnel, Version: "1.0.0",
				Now: func() time.Time { return time.Date(2026, 11, 23, 6, 30, 0, 0, time.UTC) }})
			require.NoError(t, err)
			require.NoError(t, validate(t, profileSchema, a.Profile))
			require.True(t, a.Profile.Complete)
			requireSubset(t, "profile", c.Expect.Profile, a.Profile)

			if c.Expect.Error != nil {
				var refused *kpis.ValidationError
				require.True(t, errors.As(a.KPIError, &refused), "got %v", a.KPIError)
				require.Contains(t, refused.Message, *c.Expect.Error)
				require.Nil(t, a.KPIs)
				return
			}
			require.NoError(t, a.KPIError)
			require.NoError(t, validate(t, kpisSchema, a.KPIs))
			requireSubset(t, "kpis", c.Expect.KPIs, a.KPIs)
			if c.Expect.Rows != nil {
				requireSubset(t, "rows", c.Expect.Rows, a.Rows)
			}
		})
	}
}

// write writes the example's file and gives its path.
func (c *example) write(t *testing.T) string {
	if c.Parquet != nil {
		path := filepath.Join(t.TempDir(), c.Name+".parquet")
		require.NoError(t, os.WriteFile(path, c.Parquet, 0o600))
		return path
	}
	if c.CSV != nil || c.Base64 != nil {
		path := filepath.Join(t.TempDir(), c.Name+".csv")
		require.NoError(t, os.WriteFile(path, c.bytes(t), 0o600))
		return path
	}
	sheets := c.Sheets
	if sheets == nil {
		sheets = []exampleSheet{{Name: "Sheet1", Rows: c.Rows}}
	}
	book := excelize.NewFile()
	defer book.Close()
	if c.Date1904 {
		require.NoError(t, book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: new(true)}))
	}
	require.NoError(t, book.SetSheetName("Sheet1", sheets[0].Name))
	for i, sheet := range sheets {
		if i > 0 {
			_, err := book.NewSheet(sheet.Name)
			require.NoError(t, err)
		}
		for r, row := range sheet.Rows {
			for col, value := range row {
				c.set(t, book, sheet.Name, r, col, value)
			}
		}
	}
	for i, sheet := range sheets {
		if !sheet.Hidden {
			book.SetActiveSheet(i)
			break
		}
	}
	for _, sheet := range sheets {
		require.NoError(t, book.SetSheetVisible(sheet.Name, !sheet.Hidden))
	}
	path := filepath.Join(t.TempDir(), c.Name+".xlsx")
	require.NoError(t, book.SaveAs(path))
	return path
}

// bytes are those of the example's text file.
func (c *example) bytes(t *testing.T) []byte {
	if c.Base64 != nil {
		return c.Base64
	}
	var into encoding.Encoding
	switch c.Encoding {
	case "":
		return []byte(*c.CSV)
	case "utf-16le":
		into = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "utf-16be":
		into = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case "windows-1252":
		into = charmap.Windows1252
	}
	require.NotNil(t, into, "the encoding %s", c.Encoding)
	out, err := into.NewEncoder().Bytes([]byte(*c.CSV))
	require.NoError(t, err)
	return out
}

func (c *example) set(t *testing.T, book *excelize.File, sheet string, row, column int, value any) {
	cell, err := excelize.CoordinatesToCellName(column+1, row+1)
	require.NoError(t, err)
	typed, ok := value.(map[string]any)
	if !ok {
		require.NoError(t, book.SetCellValue(sheet, cell, value))
		return
	}
	layout, text, format := time.DateOnly, typed["date"], "yyyy-mm-dd"
	if text == nil {
		layout, text, format = "2006-01-02T15:04:05", typed["datetime"], "yyyy-mm-dd hh:mm:ss"
	}
	at, err := time.Parse(layout, text.(string))
	require.NoError(t, err)
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if c.Date1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	require.NoError(t, book.SetCellValue(sheet, cell, at.Sub(epoch).Hours()/24))
	style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
	require.NoError(t, err)
	require.NoError(t, book.SetCellStyle(sheet, cell, cell, style))
}

// requireSubset compares what is expected with a document as it is written: of objects the keys that are expected, of
// arrays the length and each item.
func requireSubset(t *testing.T, path string, expected, document any) {
	t.Helper()
	data, err := json.Marshal(document)
	require.NoError(t, err)
	var actual any
	require.NoError(t, json.NewDecoder(bytes.NewReader(data)).Decode(&actual))
	compareSubset(t, path, expected, actual)
}

func compareSubset(t *testing.T, path string, expected, actual any) {
	t.Helper()
	switch want := expected.(type) {
	case map[string]any:
		got, ok := actual.(map[string]any)
		require.True(t, ok, "%s: %v is no object", path, actual)
		for key, value := range want {
			require.Contains(t, got, key, path)
			compareSubset(t, path+"."+key, value, got[key])
		}
	case []any:
		got, ok := actual.([]any)
		require.True(t, ok, "%s: %v is no array", path, actual)
		require.Len(t, got, len(want), path)
		for i := range want {
			compareSubset(t, fmt.Sprintf("%s[%d]", path, i), want[i], got[i])
		}
	default:
		require.Equal(t, expected, actual, path)
	}
}
