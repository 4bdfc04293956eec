package artifacts

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/auth"
)

func filesOf(list []File) (names []string) {
	for _, f := range list {
		names = append(names, f.Name)
	}
	return names
}

func TestList(t *testing.T) {
	l, o := newLake(t)
	files, err := o.ListImport(t.Context())
	require.NoError(t, err)
	assert.Empty(t, files, "a folder that is not there yet")
	_, err = o.List(t.Context(), CurrentFolder)
	var missing *NotFoundError
	require.ErrorAs(t, err, &missing)

	for _, name := range []string{"b.xlsx", "März 100% + é#1.csv", "a.xlsx", ".hidden.part", ".b.xlsx.5a.part", "sub/c.xlsx"} {
		l.put(ImportFolder+"/"+name, name)
	}
	for _, page := range []int{1, 2, 100} {
		l.page = page
		files, err = o.List(t.Context(), ImportFolder)
		require.NoError(t, err)
		assert.Equal(t, []string{"März 100% + é#1.csv", "a.xlsx", "b.xlsx"}, filesOf(files))
	}
	files, err = o.ListImport(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"a.xlsx", "März 100% + é#1.csv", "b.xlsx"}, filesOf(files), "newest first")
	assert.Equal(t, File{Name: "a.xlsx", Path: "Files/import/a.xlsx", Size: 6, Modified: time.Date(2026, 1, 2, 3, 4, 3, 0, time.UTC), ETag: "0x3"}, files[0])

	for _, folder := range []string{"", "Tables", "Files/../Tables", "/Files", "Files//x", `Files\x`, "Files/\x00", "Files/."} {
		_, err = o.List(t.Context(), folder)
		var name *NameError
		require.ErrorAs(t, err, &name, folder)
	}

	odd := func(answer string) ([]File, error) {
		l.before = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			_, _ = io.WriteString(w, answer)
			return true
		}
		return o.List(t.Context(), ImportFolder)
	}
	// Real numbers and truth values, and names that would lead elsewhere.
	files, err = odd(`{"paths":[{"name":"` + strings.ToUpper(lh) + `/Files/import/n.csv","isDirectory":false,"contentLength":7},{"name":"` + lh + `/Files/import/d","isDirectory":true},
		{"name":"` + lh + `/Files/import/.."},{"name":"` + lh + `/Files/import/a\u0000"},{"name":"other/Files/import/x"},{"name":""},{"name":"` + lh + `/Files/import/a/b"}]}`)
	require.NoError(t, err)
	require.Equal(t, []string{"n.csv"}, filesOf(files))
	assert.Equal(t, int64(7), files[0].Size)
	var unreachable *UnreachableError
	for _, answer := range []string{"", "<html>", `{"paths":5}`} {
		_, err = odd(answer)
		require.ErrorAs(t, err, &unreachable, answer)
	}
	l.before = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.Header().Set("x-ms-continuation", "same")
		_, _ = io.WriteString(w, `{"paths":[]}`)
		return true
	}
	_, err = o.List(t.Context(), ImportFolder)
	require.ErrorContains(t, err, "did not come to an end")
}

func TestStatAndErrors(t *testing.T) {
	l, o := newLake(t)
	l.put("Files/import/März 100% + é#1.csv", "12345")
	f, err := o.Stat(t.Context(), "Files/import/März 100% + é#1.csv")
	require.NoError(t, err)
	assert.Equal(t, File{Name: "März 100% + é#1.csv", Path: "Files/import/März 100% + é#1.csv", Size: 5, Modified: time.Date(2026, 1, 2, 3, 4, 1, 0, time.UTC), ETag: "0x1"}, f)
	assert.Contains(t, l.log[0], "M%C3%A4rz%20100%25%20%2B%20%C3%A9%231.csv")

	var (
		missing     *NotFoundError
		access      *AccessError
		unreachable *UnreachableError
	)
	_, err = o.Stat(t.Context(), "Files/import/none")
	require.ErrorAs(t, err, &missing)

	say := func(status int, code string) error {
		l.before = func(w http.ResponseWriter, _ *http.Request, _ int) bool { oops(w, status, code); return true }
		_, err := o.Stat(t.Context(), "Files/import/x")
		return err
	}
	for _, tc := range []struct {
		status     int
		code, want string
	}{{401, "x", "fabric.storage_scope"}, {403, "AuthorizationPermissionMismatch", "Contributor"}, {404, "WorkspaceNotFound", "fabric.workspace_id"}, {400, "FriendlyNameSupportDisabled", "fabric.lakehouse_id"}} {
		err = say(tc.status, tc.code)
		require.ErrorAs(t, err, &access)
		assert.Equal(t, tc.status, access.HTTPStatus)
		assert.Contains(t, err.Error(), tc.want)
		assert.NotContains(t, err.Error(), "canary")
	}
	canary := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a token went elsewhere") }))
	defer canary.Close()
	l.before = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.Header().Set("Location", canary.URL)
		w.WriteHeader(307)
		return true
	}
	_, err = o.Stat(t.Context(), "Files/import/x")
	require.ErrorAs(t, err, &unreachable)
	assert.Contains(t, err.Error(), "redirect")

	// A passing fault is bridged; one that stays is told.
	l.counts = map[string]int{}
	l.before = func(w http.ResponseWriter, _ *http.Request, n int) bool {
		if n < 3 {
			oops(w, 503, "ServerBusy")
		}
		return n < 3
	}
	_, err = o.Stat(t.Context(), "Files/import/März 100% + é#1.csv")
	require.NoError(t, err)
	l.before = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.Header().Set("Retry-After", "500")
		oops(w, 429, "Busy")
		return true
	}
	_, err = o.Stat(t.Context(), "Files/import/x")
	require.ErrorAs(t, err, &unreachable)
	assert.Contains(t, err.Error(), "try again in 8 min 20 s")

	l.cred.err = &auth.Error{Kind: auth.WrongSecret, Sentence: "the secret is wrong"}
	o2 := NewOneLake(o.cfg, l.cred, l.network(t), "1")
	_, err = o2.Stat(t.Context(), "Files/import/x")
	require.ErrorAs(t, err, &access)
	assert.Equal(t, "the secret is wrong", err.Error())
	l.cred.err = &auth.Error{Kind: auth.Unreachable, Sentence: "the sign-in service is away"}
	_, err = o2.Stat(t.Context(), "Files/import/x")
	require.ErrorAs(t, err, &unreachable)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = o.Stat(ctx, "Files/import/x")
	require.ErrorIs(t, err, context.Canceled)
	l.Close()
	_, err = o.Stat(t.Context(), "Files/import/x")
	require.ErrorAs(t, err, &unreachable)
	assert.Contains(t, err.Error(), "refused the connection")
}

func TestOpen(t *testing.T) {
	l, o := newLake(t)
	text := strings.Repeat("0123456789", 20000)
	l.put("Files/results/current/sales_cleaned.csv", text)
	const path = CurrentFolder + "/" + CSVFile
	read := func() (string, error) {
		r, f, err := o.Open(t.Context(), path)
		require.NoError(t, err)
		defer r.Close()
		assert.Equal(t, int64(len(text)), f.Size)
		data, err := io.ReadAll(r)
		return string(data), err
	}
	got, err := read()
	require.NoError(t, err)
	assert.Equal(t, text, got)

	// The connection breaks twice within the file: the rest is asked for.
	breaks := func(times int) {
		l.counts = map[string]int{}
		l.before = func(w http.ResponseWriter, r *http.Request, n int) bool {
			if n > times {
				return false
			}
			from := 0
			if rng := r.Header.Get("Range"); rng != "" {
				first, _, _ := strings.Cut(strings.TrimPrefix(rng, "bytes="), "-")
				from, _ = strconv.Atoi(first)
				w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(text)-1, len(text)))
			}
			w.Header().Set("ETag", `"0x1"`)
			w.Header().Set("Content-Length", strconv.Itoa(len(text)-from))
			if from > 0 {
				w.WriteHeader(206)
			}
			_, _ = io.WriteString(w, text[from:from+30000])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
	}
	breaks(2)
	got, err = read()
	require.NoError(t, err)
	assert.Equal(t, text, got)
	assert.Equal(t, 3, l.counts["GET"])

	// One that goes on breaking is given up, and a file that was replaced meanwhile is not stitched together.
	var unreachable *UnreachableError
	breaks(100)
	_, err = read()
	require.ErrorAs(t, err, &unreachable)
	assert.Equal(t, 1+maxResumes, l.counts["GET"])
	breaks(1)
	first := l.before
	l.before = func(w http.ResponseWriter, r *http.Request, n int) bool {
		if n == 1 {
			l.put(path, strings.ToUpper(text))
		}
		return first(w, r, n)
	}
	_, err = read()
	var changed *ChangedError
	require.ErrorAs(t, err, &changed)

	l.before = nil
	_, _, err = o.Open(t.Context(), CurrentFolder+"/none")
	var missing *NotFoundError
	require.ErrorAs(t, err, &missing)
	_, _, err = o.Open(t.Context(), "Files/../../x")
	var name *NameError
	require.ErrorAs(t, err, &name)
	l.put("Files/import/empty", "")
	r, f, err := o.Open(t.Context(), "Files/import/empty")
	require.NoError(t, err)
	data, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.Empty(t, data)
	assert.Zero(t, f.Size)
	require.NoError(t, r.Close())
	require.NoError(t, r.Close())
	_, err = r.Read(make([]byte, 1))
	require.Error(t, err)
}

func TestOpenThatStalls(t *testing.T) {
	l, o := newLake(t)
	l.put("Files/import/x", "x")
	release := make(chan struct{})
	defer close(release)
	l.before = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "12345")
		w.(http.Flusher).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
		return true
	}
	r, _, err := o.Open(t.Context(), "Files/import/x")
	require.NoError(t, err)
	defer r.Close()
	r.(*download).stall = 50 * time.Millisecond
	_, err = io.ReadAll(r)
	var unreachable *UnreachableError
	require.ErrorAs(t, err, &unreachable, "no ETag, so no resuming")

	ctx, cancel := context.WithCancel(t.Context())
	r2, _, err := o.Open(ctx, "Files/import/x")
	require.NoError(t, err)
	defer r2.Close()
	cancel()
	_, err = io.ReadAll(r2)
	require.ErrorIs(t, err, context.Canceled)
}
