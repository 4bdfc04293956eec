package artifacts

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// pagesOf gives pages one after the other, without an end where there are more than given.
func pagesOf(pages ...string) nextPage {
	at := 0
	return func(string) (io.ReadCloser, string, error) {
		page := pages[at%len(pages)]
		at++
		next := ""
		if at != len(pages) {
			next = fmt.Sprint("page ", at)
		}
		return io.NopCloser(strings.NewReader(page)), next, nil
	}
}

func importListing() *listing {
	return &listing{lakehouse: "lh", folder: ImportFolder, wanted: inSight}
}

// TestAnAnswerWithoutAListIsNoEmptyList: an error that claims success must not look like a folder without files.
func TestAnAnswerWithoutAListIsNoEmptyList(t *testing.T) {
	for _, page := range []string{`{}`, `{"more":[1,2]}`, `{"error":{"code":"InternalError","message":"The server encountered an internal error."}}`, `{"errorCode":"x"}`, `null`, `7`, `<html>`, ``} {
		_, err := importListing().read(pagesOf(page))
		require.ErrorIs(t, err, errNotUnderstood, page)
	}
}

func TestAListingThatLies(t *testing.T) {
	entry := func(fields string) string { return `{"paths":[{"name":"lh/Files/import/x.csv",` + fields + `}]}` }
	for name, c := range map[string]struct {
		page string
		want string // the size of the one file; "" for none
		odd  int    // entries that are told of
	}{
		"a size":                 {entry(`"contentLength":"12"`), "12", 0},
		"a size as a number":     {entry(`"contentLength":12`), "12", 0},
		"no size":                {entry(`"etag":"1"`), "0", 0},
		"null as its size":       {entry(`"contentLength":null`), "0", 0},
		"less than nothing":      {entry(`"contentLength":"-1"`), "", 1},
		"more than 64 bits":      {entry(`"contentLength":"99999999999999999999"`), "", 1},
		"more than there is":     {entry(`"contentLength":"9223372036854775807"`), "", 1},
		"an exponent":            {entry(`"contentLength":1e300`), "", 1},
		"half a byte":            {entry(`"contentLength":0.5`), "", 1},
		"a list as its size":     {entry(`"contentLength":[1]`), "", 1},
		"a folder":               {entry(`"isDirectory":true`), "", 0},
		"a folder, as a text":    {entry(`"isDirectory":"true"`), "", 0},
		"no date":                {entry(`"lastModified":"soon"`), "0", 0},
		"paths of null":          {`{"paths":null}`, "", 0},
		"the folder itself":      {`{"paths":[{"name":"lh/Files/import"},{"name":"lh/Files/import/"}]}`, "", 0},
		"another lakehouse":      {`{"paths":[{"name":"other/Files/import/x.csv"}]}`, "", 1},
		"a file in a folder":     {`{"paths":[{"name":"lh/Files/import/a/x.csv"}]}`, "", 1},
		"a way up":               {`{"paths":[{"name":"lh/Files/import/.."},{"name":"lh/Files/import/../x.csv"}]}`, "", 2},
		"control characters":     {`{"paths":[{"name":"lh/Files/import/a\u001b[2Jx.csv"},{"name":"lh/Files/import/a\u0000"}]}`, "", 2},
		"a backslash":            {`{"paths":[{"name":"lh/Files/import/a\\x.csv"}]}`, "", 1},
		"a hidden file":          {`{"paths":[{"name":"lh/Files/import/.x.csv"}]}`, "", 0},
		"the same name again":    {`{"paths":[{"name":"lh/Files/import/x.csv","contentLength":3},{"name":"lh/Files/import/x.csv","contentLength":4}]}`, "3", 0},
		"a file and a folder":    {`{"paths":[{"name":"lh/Files/import/x.csv","contentLength":3},{"name":"lh/Files/import/x.csv","isDirectory":"true"}]}`, "", 1},
		"paths that stand twice": {`{"paths":[{"name":"lh/Files/import/x.csv","contentLength":3}],"paths":[]}`, "3", 0},
	} {
		t.Run(name, func(t *testing.T) {
			l := importListing()
			files, err := l.read(pagesOf(c.page))
			require.NoError(t, err)
			require.Equal(t, c.odd, l.odd.count, "entries that are left out are counted")
			if c.want == "" {
				require.Empty(t, files)
				return
			}
			require.Len(t, files, 1)
			require.Equal(t, c.want, fmt.Sprint(files[0].Size))
		})
	}
	for _, page := range []string{"", "<html>", "[]", "null", `{"paths":5}`, `{"paths":[5]}`, `{"paths":[{"name":5}]}`, `{"paths":[{}`, `{"paths":[]`, `{"x":` + strings.Repeat("[", 100_000), `{"paths":[{"name":"` + strings.Repeat("x", maxPage)} {
		_, err := importListing().read(pagesOf(page))
		require.ErrorIs(t, err, errNotUnderstood, "%.40s", page)
	}
}

func TestAListingWithoutEnd(t *testing.T) {
	asked := 0
	_, err := importListing().read(func(string) (io.ReadCloser, string, error) {
		asked++
		return io.NopCloser(strings.NewReader(`{"paths":[]}`)), fmt.Sprint(asked), nil
	})
	require.ErrorContains(t, err, "did not come to an end")
	require.Equal(t, maxPages, asked)
	for _, markers := range [][]string{{"a", "a"}, {strings.Repeat("x", maxMarker+1)}} {
		asked = 0
		_, err = importListing().read(func(string) (io.ReadCloser, string, error) {
			asked++
			return io.NopCloser(strings.NewReader(`{"paths":[]}`)), markers[min(asked, len(markers))-1], nil
		})
		require.ErrorContains(t, err, "did not come to an end")
		require.LessOrEqual(t, asked, 2)
	}
	pages := make([]string, 5)
	for i := range pages {
		pages[i] = `{"paths":[` + strings.TrimSuffix(strings.Repeat("{},", 5000), ",") + `]}`
	}
	_, err = importListing().read(pagesOf(pages...))
	var many *TooManyFilesError
	require.ErrorAs(t, err, &many)
	require.EqualError(t, err, "Files/import holds more than 20,000 files and folders, and no more are listed: ask its owner to remove what is no longer needed")
}

// TestAPageOfNothingTakesLittle: millions of empty entries end at the limit, not in memory.
func TestAPageOfNothingTakesLittle(t *testing.T) {
	page := `{"paths":[` + strings.Repeat("{},", maxPage/3-10) + `{}]}`
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := importListing().read(pagesOf(page))
	runtime.ReadMemStats(&after)
	var many *TooManyFilesError
	require.ErrorAs(t, err, &many)
	require.Less(t, (after.TotalAlloc-before.TotalAlloc)>>20, uint64(16))
}

// TestAListOverTheWire: the same, through the requests.
func TestAListOverTheWire(t *testing.T) {
	l, o := newLake(t)
	pages := 0
	l.before = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		pages++
		w.Header().Set("x-ms-continuation", fmt.Sprint(pages))
		_, _ = io.WriteString(w, `{"paths":[`+strings.TrimSuffix(strings.Repeat(`{"name":"x"},`, 5000), ",")+`]}`)
		return true
	}
	_, err := o.List(t.Context(), ImportFolder)
	var many *TooManyFilesError
	require.ErrorAs(t, err, &many)
	require.Equal(t, 5, pages)
}

func TestLeftStagingNamesWhatNobodyIsAt(t *testing.T) {
	l, o := newLake(t)
	left, err := o.LeftStaging(t.Context(), time.Now())
	require.NoError(t, err)
	require.Empty(t, left, "there is no folder yet")
	staged := stagingName("März sales.xlsx")
	for _, name := range []string{staged, "sales.xlsx", ".hidden", ".x.part", ".x.not-an-id.part", "." + uuid.NewString() + ".part", "x." + uuid.NewString() + ".part"} {
		l.put(ImportFolder+"/"+name, "x")
	}
	at := time.Date(2026, 1, 2, 3, 4, 1, 0, time.UTC) // as the stand-in dates its first file
	left, err = o.LeftStaging(t.Context(), at.Add(7*24*time.Hour+time.Minute))
	require.NoError(t, err)
	require.Equal(t, []string{staged}, filesOf(left))
	name, ok := stagedName(left[0].Name)
	require.True(t, ok)
	require.Equal(t, "März sales.xlsx", name)
	left, err = o.LeftStaging(t.Context(), at.Add(6*24*time.Hour))
	require.NoError(t, err)
	require.Empty(t, left, "somebody may be at it")

	named, err := NewLakehouse(o).LeftStaging(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{staged}, filesOf(named))
	named, err = NewLakehouse(NewArtifactOnly(o, nil)).LeftStaging(t.Context())
	require.NoError(t, err)
	require.Empty(t, named, "whoever may not list can't know")
}

// TestAFileWithoutEnd: what sends more than it said fills no disk.
func TestAFileWithoutEnd(t *testing.T) {
	l, o := newLake(t)
	l.before = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		w.Header().Set("Etag", `"0x1"`)
		piece := strings.Repeat("x", 64<<10)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, piece); err != nil {
				break
			}
		}
		return true
	}
	_, err := Save(t.Context(), o, CurrentFolder+"/"+CSVFile, t.TempDir(), nil)
	var wrong *RangeError
	require.ErrorAs(t, err, &wrong)
	require.ErrorContains(t, wrong.Err, "more arrived than there is")
}

// FuzzListing wants of every listing that it comes to an end, and that each file in it is one of the folder.
func FuzzListing(f *testing.F) {
	f.Add([]byte(`{"paths":[{"name":"lh/Files/import/a.csv","isDirectory":"false","contentLength":"7","lastModified":"Fri, 02 Jan 2026 03:04:05 GMT","etag":"0x1"}]}`), byte(0))
	f.Add([]byte(`{"paths":[{"name":"lh/Files/import/..","contentLength":-1},{"name":"lh/Files/import/x/y"},{"name":"lh/Files/import/a\u202eb"}],"x":[{}]}`), byte(3))
	f.Add([]byte(`{"paths":[{"name":"lh/Files/import/.a.0198c5a2-7c3e-7bb2-a111-000000000001.part","contentLength":1e9}]}`), byte(200))
	f.Fuzz(func(t *testing.T, page []byte, more byte) {
		asked := 0
		l := importListing()
		files, err := l.read(func(marker string) (io.ReadCloser, string, error) {
			asked++
			next := ""
			if asked <= int(more) {
				next = fmt.Sprint(asked % 150)
			}
			return io.NopCloser(strings.NewReader(string(page))), next, nil
		})
		if asked > maxPages || l.entries > maxEntries+1 {
			t.Fatalf("%d pages, %d entries", asked, l.entries)
		}
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, f := range files {
			if seen[f.Name] || f.Path != ImportFolder+"/"+f.Name || checkPath(f.Path) != nil || f.Size < 0 || f.Size > maxSize || strings.HasPrefix(f.Name, ".") ||
				strings.ContainsAny(f.Name, `/\`) || strings.ContainsFunc(f.Name, unicode.IsControl) {
				t.Fatalf("%+v", f)
			}
			seen[f.Name] = true
		}
	})
}
