package twosides

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

// caseFiles are those that people's tables look like, and hostile ones; they stand beside the project or beside the folder
// that it is in, and are no part of it.
func caseFiles(t *testing.T) (files []*file) {
	for _, kind := range []string{"cases", "hostile"} {
		folder := ""
		for _, above := range []string{"..", filepath.Join("..", "..")} {
			path := filepath.Join(root(t), above, "shared", kind)
			if _, err := os.Stat(path); err == nil {
				folder = path
				break
			}
		}
		if folder == "" {
			t.Run(kind, func(t *testing.T) {
				t.Skipf("the files of shared/%s, beside the project, are not on this machine", kind)
			})
			continue
		}
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		for _, entry := range entries {
			if !entry.IsDir() && filepath.Ext(entry.Name()) != ".md" {
				files = append(files, &file{name: kind + "/" + entry.Name(), path: filepath.Join(folder, entry.Name())})
			}
		}
	}
	return files
}

// example is a file of contract/testdata/cases, as far as it says what is read.
type example struct {
	Name     string           `json:"name"`
	CSV      *string          `json:"csv"`
	Encoding string           `json:"encoding"`
	Base64   []byte           `json:"base64"`
	Parquet  []byte           `json:"parquet"`
	Rows     [][]any          `json:"rows"`
	Sheets   []sheet          `json:"sheets"`
	Date1904 bool             `json:"date1904"`
	Funnel   *contract.Funnel `json:"funnel"`
	Read     json.RawMessage  `json:"options"`
}

// exampleFiles are those of the contract.
func exampleFiles(t testing.TB) (files []*file) {
	folder := t.TempDir()
	paths, err := filepath.Glob(filepath.Join(root(t), "contract", "testdata", "cases", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		var e example
		require.NoError(t, json.Unmarshal(text, &e))
		read, err := contract.ParseReadOptions(e.Read)
		require.NoError(t, err)
		name, data := e.Name+".csv", e.Base64
		switch {
		case e.Parquet != nil:
			name, data = e.Name+".parquet", e.Parquet
		case e.CSV != nil:
			data = encoded(t, *e.CSV, e.Encoding)
		case e.Base64 == nil:
			if e.Sheets == nil {
				e.Sheets = []sheet{{Name: "Sheet1", Rows: e.Rows}}
			}
			name, data = e.Name+".xlsx", zipped(t, workbookOf(e.Sheets, e.Date1904))
		}
		files = append(files, &file{"contract/" + name, save(t, folder, name, data), read, e.Funnel})
	}
	return files
}

// trapFiles are inputs of the readers' tests by chance that once led a reader astray, as whole files.
func trapFiles(t testing.TB) (files []*file) {
	folder := t.TempDir()
	paths, err := filepath.Glob(filepath.Join(root(t), "internal", "services", "importfile", "spreadsheet", "testdata", "fuzz", "*", "*"))
	require.NoError(t, err)
	more, err := filepath.Glob(filepath.Join(root(t), "internal", "services", "importfile", "spreadsheet", "*", "testdata", "fuzz", "*", "*"))
	require.NoError(t, err)
	for _, path := range append(paths, more...) {
		values := fuzzValues(t, path)
		target := filepath.Base(filepath.Dir(path))
		data, extension := []byte(values[0]), ".csv"
		switch reader := filepath.Base(filepath.Join(path, "..", "..", "..", "..")); {
		case reader == "inflate": // no whole file
			continue
		case reader == "parquetfile":
			extension = ".parquet"
		case target == "FuzzParts":
			extension = ".xlsx"
			parts := workbookOf([]sheet{{Name: "Orders"}}, false)
			for i, name := range []string{sheetPart, "xl/sharedStrings.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "xl/workbook.xml"} {
				parts[name] = values[i]
			}
			data = zipped(t, parts)
		case reader == "spreadsheet" && target == "FuzzScanner":
			extension = ".xlsx"
			parts := workbookOf([]sheet{{Name: "Orders"}}, false)
			parts[sheetPart] = strings.Replace(parts[sheetPart], "<sheetData>", "<sheetData>"+values[0], 1)
			data = zipped(t, parts)
		}
		name := fmt.Sprintf("%s-%s%s", target, filepath.Base(path), extension)
		files = append(files, &file{name: "traps/" + name, path: save(t, folder, name, data)})
	}
	require.NotEmpty(t, files)
	return files
}

// typeFiles are Parquet files of each type, and workbooks of serial numbers at the edges of what a date is, in each role
// that a column can have.
func typeFiles(t testing.TB) (files []*file) {
	for program, kind := range map[string]string{"parquet_types.py": "types", "serial_numbers.py": "serials"} {
		folder := t.TempDir()
		require.NoError(t, python(t, program, folder).Run())
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.NotEmpty(t, entries)
		for _, entry := range entries {
			files = append(files, &file{name: kind + "/" + entry.Name(), path: filepath.Join(folder, entry.Name())})
		}
	}
	return files
}

// fuzzValues are the texts of an input of a fuzz target, in their order.
func fuzzValues(t testing.TB, path string) (values []string) {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, line := range strings.Split(string(text), "\n")[1:] {
		for _, kind := range []string{"[]byte(", "string("} {
			if quoted, is := strings.CutPrefix(line, kind); is {
				value, err := strconv.Unquote(strings.TrimSuffix(strings.TrimSpace(quoted), ")"))
				require.NoError(t, err, path)
				values = append(values, value)
			}
		}
	}
	require.NotEmpty(t, values, path)
	return values
}

func save(t testing.TB, folder, name string, data []byte) string {
	path := filepath.Join(folder, name)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}
