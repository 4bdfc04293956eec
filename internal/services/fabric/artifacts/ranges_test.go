package artifacts

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const ranged = CurrentFolder + "/" + ParquetFile

// rangeStores are the sources with one file each, and what changes that file.
func rangeStores(t *testing.T, text string) map[string]struct {
	store  Store
	change func(text string)
} {
	l, o := newLake(t)
	l.put(ranged, text)
	l2, o2 := newLake(t)
	l2.put(ranged, text)
	f, dir := newFolder(t)
	put(t, dir, ranged, text)
	type source = struct {
		store  Store
		change func(text string)
	}
	return map[string]source{
		"onelake":        {o, func(text string) { l.put(ranged, text) }},
		"known artifact": {NewArtifactOnly(o2, nil), func(text string) { l2.put(ranged, text) }},
		"folder": {f, func(text string) {
			at := filepath.Join(dir, filepath.FromSlash(ranged))
			before, err := os.Stat(at)
			require.NoError(t, err)
			require.NoError(t, os.Rename(at, at+".old")) // so that the number of its file is not given again
			require.NoError(t, os.WriteFile(at, []byte(text), 0o600))
			require.NoError(t, os.Chtimes(at, before.ModTime(), before.ModTime()))
		}},
	}
}

func TestReadRange(t *testing.T) {
	text := strings.Repeat("0123456789", 1000)
	for name, s := range rangeStores(t, text) {
		t.Run(name, func(t *testing.T) {
			ranges := s.store.(RangeReader)
			file, err := s.store.Stat(t.Context(), ranged)
			require.NoError(t, err)
			for _, part := range [][2]int{{0, 4}, {9995, 10000}, {3, 9999}, {0, 10000}, {5, 5}, {10000, 10000}} {
				p := make([]byte, part[1]-part[0])
				require.NoError(t, ranges.ReadRange(t.Context(), file, int64(part[0]), p), part)
				require.Equal(t, text[part[0]:part[1]], string(p), part)
			}
			var wrong *RangeError
			for _, part := range [][2]int{{-1, 4}, {9999, 10001}, {10001, 10001}} {
				require.ErrorAs(t, ranges.ReadRange(t.Context(), file, int64(part[0]), make([]byte, part[1]-part[0])), &wrong, part)
			}
			untold := file
			untold.ETag = ""
			require.ErrorAs(t, ranges.ReadRange(t.Context(), untold, 0, make([]byte, 1)), &wrong, "no state is asked for")
			elsewhere := file
			elsewhere.Path = "Files/../../x"
			var bad *NameError
			require.ErrorAs(t, ranges.ReadRange(t.Context(), elsewhere, 0, make([]byte, 1)), &bad)
			elsewhere.Path = CurrentFolder + "/none.json"
			var missing *NotFoundError
			require.ErrorAs(t, ranges.ReadRange(t.Context(), elsewhere, 0, make([]byte, 1)), &missing)
			gone, cancel := context.WithCancel(t.Context())
			cancel()
			require.ErrorIs(t, ranges.ReadRange(gone, file, 0, make([]byte, 1)), context.Canceled)

			for _, other := range []string{strings.Repeat("X", len(text)), "short", strings.Repeat("long", len(text))} {
				s.change(other)
				p := make([]byte, 100)
				var changed *ChangedError
				require.ErrorAs(t, ranges.ReadRange(t.Context(), file, 500, p), &changed, other[:5])
				assert.ErrorContains(t, changed, "was changed while it was read: try again")
			}
		})
	}
}

// TestAFolderSeesThatAnotherFileHasTheName: of the same size and time, as a copying program leaves it.
func TestAFolderSeesThatAnotherFileHasTheName(t *testing.T) {
	s := rangeStores(t, "0123456789")["folder"]
	file, err := s.store.Stat(t.Context(), ranged)
	require.NoError(t, err)
	s.change("abcdefghij")
	now, err := s.store.Stat(t.Context(), ranged)
	require.NoError(t, err)
	if identity(mustStat(t, s.store.(*Folder), ranged)) == 0 {
		t.Skip("this system does not tell it by the name")
	}
	require.Equal(t, file.Modified, now.Modified)
	var changed *ChangedError
	require.ErrorAs(t, s.store.(RangeReader).ReadRange(t.Context(), file, 0, make([]byte, 3)), &changed)
}

func mustStat(t *testing.T, f *Folder, path string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(filepath.Join(f.path, filepath.FromSlash(path)))
	require.NoError(t, err)
	return info
}

// TestRangesThatLie: what is not the part of the state that was asked for is never given on.
func TestRangesThatLie(t *testing.T) {
	text := strings.Repeat("0123456789", 100)
	l, o := newLake(t)
	l.put(ranged, text)
	file, err := o.Stat(t.Context(), ranged)
	require.NoError(t, err)
	var wrong *RangeError
	var changed *ChangedError
	for name, tc := range map[string]struct {
		status     int
		part, etag string
		body       string
		chunked    bool
		want       any
	}{
		"ignored":                   {200, "", `"0x1"`, text, false, &wrong},
		"no part named":             {206, "", `"0x1"`, text[100:200], false, &wrong},
		"another part":              {206, "bytes 200-299/1000", `"0x1"`, text[200:300], false, &wrong},
		"a shorter part":            {206, "bytes 100-149/1000", `"0x1"`, text[100:150], false, &wrong},
		"a part of an unknown size": {206, "bytes 100-199/*", `"0x1"`, text[100:200], false, &wrong},
		"nonsense":                  {206, "bytes 199-100/1000", `"0x1"`, text[100:200], false, &wrong},
		"of a larger file":          {206, "bytes 100-199/1001", `"0x1"`, text[100:200], false, &changed},
		"another state":             {206, "bytes 100-199/1000", `"0x2"`, text[100:200], false, &changed},
		"no state":                  {206, "bytes 100-199/1000", ``, text[100:200], false, &changed},
		"more than it says":         {206, "bytes 100-199/1000", `"0x1"`, text[100:201], false, &wrong},
		"more, and does not say so": {206, "bytes 100-199/1000", `"0x1"`, text[100:201], true, &wrong},
		"refused by its state":      {412, "", "", "", false, &changed},
		"refused by its length":     {416, "", "", "", false, &changed},
	} {
		l.before = func(w http.ResponseWriter, r *http.Request, _ int) bool {
			assert.Equal(t, "bytes=100-199", r.Header.Get("Range"))
			assert.Equal(t, `"0x1"`, r.Header.Get("If-Match"))
			if tc.status >= 400 {
				oops(w, tc.status, "x")
				return true
			}
			w.Header().Set("ETag", tc.etag)
			w.Header().Set("Content-Range", tc.part)
			if !tc.chunked {
				w.Header().Set("Content-Length", strconv.Itoa(len(tc.body)))
			}
			w.WriteHeader(tc.status)
			_, _ = io.WriteString(w, tc.body[:50*min(1, len(tc.body)/50)])
			w.(http.Flusher).Flush() // so that no length is added
			_, _ = io.WriteString(w, tc.body[50*min(1, len(tc.body)/50):])
			return true
		}
		p := make([]byte, 100)
		require.ErrorAs(t, o.ReadRange(t.Context(), file, 100, p), tc.want, name)
	}
}

// TestARangeGoesOn where its connection broke, and is given up where that goes on.
func TestARangeGoesOn(t *testing.T) {
	text := strings.Repeat("0123456789", 20000)
	l, o := newLake(t)
	l.put(ranged, text)
	file, err := o.Stat(t.Context(), ranged)
	require.NoError(t, err)
	breaks := func(times int) {
		l.counts = map[string]int{}
		l.before = func(w http.ResponseWriter, r *http.Request, n int) bool {
			if n > times {
				return false
			}
			first, last, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-")
			from, _ := strconv.Atoi(first)
			to, _ := strconv.Atoi(last)
			w.Header().Set("ETag", `"0x1"`)
			w.Header().Set("Content-Range", "bytes "+first+"-"+last+"/"+strconv.Itoa(len(text)))
			w.Header().Set("Content-Length", strconv.Itoa(to+1-from))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = io.WriteString(w, text[from:from+1000])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
	}
	breaks(3)
	p := make([]byte, 100_000)
	require.NoError(t, o.ReadRange(t.Context(), file, 50_000, p))
	assert.Equal(t, text[50_000:150_000], string(p))
	assert.Equal(t, 4, l.counts["GET"])
	breaks(100)
	var unreachable *UnreachableError
	require.ErrorAs(t, o.ReadRange(t.Context(), file, 50_000, p), &unreachable)
	assert.Equal(t, 1+maxResumes, l.counts["GET"])

	// Refusals that pass are waited for.
	l.counts = map[string]int{}
	l.before = func(w http.ResponseWriter, _ *http.Request, n int) bool {
		if n < 3 {
			oops(w, 503, "ServerBusy")
		}
		return n < 3
	}
	require.NoError(t, o.ReadRange(t.Context(), file, 50_000, p))
	assert.Equal(t, text[50_000:150_000], string(p))

	// One that comes too slowly is ended by the caller's own patience.
	l.before = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		w.Header().Set("ETag", `"0x1"`)
		w.Header().Set("Content-Range", "bytes 0-9/"+strconv.Itoa(len(text)))
		w.WriteHeader(http.StatusPartialContent)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		return true
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, o.ReadRange(short, file, 0, p[:10]), context.DeadlineExceeded)
}
