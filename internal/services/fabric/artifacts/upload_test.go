package artifacts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/crc64nvme"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/sampledata"
)

func TestUpload(t *testing.T) {
	big := bytes.Repeat([]byte("0123456789abcdef"), int(2*pieceSize+pieceSize/2)/16)
	for name, tc := range map[string]struct {
		data []byte
		told int
	}{"empty": {nil, 0}, "small": {[]byte("a,b\n"), 1}, "a piece": {big[:pieceSize], 1}, "several": {big, 3}} {
		t.Run(name, func(t *testing.T) {
			l, o := newLake(t)
			var seen []int64
			const file = "Umsa\u0308tze Ma\u0308rz 100% + \u00e9#1.csv" // decomposed, as macOS gives it
			f, err := o.Upload(t.Context(), file, bytes.NewReader(tc.data), int64(len(tc.data)), UploadOptions{Progress: func(n int64) { seen = append(seen, n) }})
			require.NoError(t, err)
			assert.Equal(t, file, f.Name)
			assert.Equal(t, ImportFolder+"/"+file, f.Path)
			assert.Equal(t, int64(len(tc.data)), f.Size)
			assert.Len(t, seen, tc.told)
			assert.True(t, slices.IsSorted(seen))
			if tc.told > 0 {
				assert.EqualValues(t, len(tc.data), seen[tc.told-1])
			}
			got, ok := l.get(ImportFolder + "/" + file)
			require.True(t, ok)
			assert.True(t, bytes.Equal(tc.data, []byte(got)))
			assert.Equal(t, []string{ImportFolder + "/" + file}, l.names(), "nothing else stays")
		})
	}
}

func TestUploadOverExisting(t *testing.T) {
	l, o := newLake(t)
	const path = ImportFolder + "/a.xlsx"
	l.put(path, "old")
	up := func(overwrite bool) error {
		_, err := o.Upload(t.Context(), "a.xlsx", strings.NewReader("new!"), 4, UploadOptions{Overwrite: overwrite})
		return err
	}
	var exists *ExistsError
	require.ErrorAs(t, up(false), &exists)
	assert.Zero(t, l.requests("PATCH"), "found out before any byte travelled")

	// Another desktop uploads the same name while this one is on its way: the rename finds out.
	delete(l.files, path)
	l.before = func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Query().Get("action") == "flush" {
			l.put(path, "theirs")
		}
		return false
	}
	require.ErrorAs(t, up(false), &exists)
	got, _ := l.get(path)
	assert.Equal(t, "theirs", got)
	assert.Equal(t, []string{path}, l.names())

	l.before = nil
	require.NoError(t, up(true))
	got, _ = l.get(path)
	assert.Equal(t, "new!", got)
	assert.Equal(t, []string{path}, l.names())
}

// TestUploadLosesAnswers drops the answer to each kind of request after it was done, and before.
func TestUploadLosesAnswers(t *testing.T) {
	kinds := map[string]func(r *http.Request) bool{
		"create": func(r *http.Request) bool { return r.URL.Query().Get("resource") == "file" },
		"append": func(r *http.Request) bool { return r.URL.Query().Get("action") == "append" },
		"flush":  func(r *http.Request) bool { return r.URL.Query().Get("action") == "flush" },
		"rename": func(r *http.Request) bool { return r.Header.Get("x-ms-rename-source") != "" },
		"look": func(r *http.Request) bool {
			return r.Method == http.MethodHead && strings.Contains(r.URL.Path, ".part")
		},
	}
	for kind, is := range kinds {
		for _, when := range []string{"after", "before"} {
			for _, overwrite := range []bool{false, true} {
				t.Run(fmt.Sprint(kind, " ", when, " overwrite ", overwrite), func(t *testing.T) {
					t.Parallel()
					l, o := newLake(t)
					if overwrite {
						l.put(ImportFolder+"/a.csv", "12345") // of the same length as the new one
					}
					lost := 0
					drop := func(_ http.ResponseWriter, r *http.Request, _ int) bool {
						if is(r) && lost == 0 {
							lost++
							panic(http.ErrAbortHandler)
						}
						return false
					}
					if when == "after" {
						l.after = drop
					} else {
						l.before = drop
					}
					f, err := o.Upload(t.Context(), "a.csv", strings.NewReader("abcde"), 5, UploadOptions{Overwrite: overwrite})
					require.NoError(t, err)
					assert.Equal(t, int64(5), f.Size)
					assert.Equal(t, 1, lost)
					got, _ := l.get(ImportFolder + "/a.csv")
					assert.Equal(t, "abcde", got)
					assert.Len(t, l.names(), 1)
				})
			}
		}
	}
}

type sourceReader struct {
	io.ReaderAt
	err error
}

func (s sourceReader) ReadAt(p []byte, at int64) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	return s.ReaderAt.ReadAt(p, at)
}

func TestUploadThatFails(t *testing.T) {
	l, o := newLake(t)
	l.put(ImportFolder+"/a.csv", "old")
	before := l.names()
	try := func(ctx context.Context, r io.ReaderAt, size int64) error {
		_, err := o.Upload(ctx, "a.csv", r, size, UploadOptions{Overwrite: true})
		require.Error(t, err)
		got, _ := l.get(ImportFolder + "/a.csv")
		assert.Equal(t, "old", got, "what was there stays")
		assert.Equal(t, before, l.names(), "and nothing is left behind")
		return err
	}
	var (
		source      *SourceError
		incomplete  *IncompleteError
		access      *AccessError
		unreachable *UnreachableError
	)
	require.ErrorAs(t, try(t.Context(), strings.NewReader("abc"), 5), &source, "shrank")
	require.ErrorAs(t, try(t.Context(), strings.NewReader("abcdef"), 5), &source, "grew")
	require.ErrorAs(t, try(t.Context(), sourceReader{err: errors.New("disk canary")}, 5), &source)
	assert.NotContains(t, source.Error(), "canary")

	l.before = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Query().Get("action") == "append" {
			oops(w, 403, "AuthorizationPermissionMismatch")
			return true
		}
		return false
	}
	require.ErrorAs(t, try(t.Context(), strings.NewReader("abcde"), 5), &access)

	// A server that keeps less than it was sent.
	l.before = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.Method == http.MethodHead && strings.Contains(r.URL.Path, ".part") {
			w.Header().Set("Content-Length", "3")
			return true
		}
		return false
	}
	require.ErrorAs(t, try(t.Context(), strings.NewReader("abcde"), 5), &incomplete)
	assert.Equal(t, int64(3), incomplete.Arrived)

	// A rename that fails for good is tried a few times, with the staging file in place.
	l.before = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.Header.Get("x-ms-rename-source") != "" {
			oops(w, 500, "InternalError")
			return true
		}
		return false
	}
	require.ErrorAs(t, try(t.Context(), strings.NewReader("abcde"), 5), &unreachable)

	// The user gives up within the upload: the staging file is still removed.
	ctx, cancel := context.WithCancel(t.Context())
	l.before = func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Query().Get("action") == "flush" {
			cancel()
		}
		return false
	}
	require.ErrorIs(t, try(ctx, strings.NewReader("abcde"), 5), context.Canceled)

	l.before = nil
	n := len(l.log)
	_, err := o.Upload(t.Context(), "../a.csv", strings.NewReader("x"), 1, UploadOptions{})
	var name *NameError
	require.ErrorAs(t, err, &name)
	assert.Len(t, l.log, n, "a bad name is not even asked about")
}

func TestCheckName(t *testing.T) {
	for _, ok := range append([]string{"a", "sales_orders_fact.xlsx", "Umsätze 2026 (März) & Co+1 100% #2.csv", "COM10.csv", strings.Repeat("a", 255), "a..b", "e\u0301"}, sampledata.Names...) {
		got, err := CheckName(ok)
		require.NoError(t, err, ok)
		assert.Equal(t, ok, got, "no name is changed")
	}
	for _, bad := range []string{
		"", ".", "..", ".hidden", "a/b", `a\b`, "/a", "../a", `..\a`, "a.", "a ", "a\u00a0", "a\t", "a\nb", "a\x00", "a\u202ecsv.exe", "a\u200b", "a\u200db", "\ufeffa", "~$book.xlsx", strings.Repeat("a", 256), "a\xff", "a\u2028b",
	} {
		_, err := CheckName(bad)
		var name *NameError
		require.ErrorAs(t, err, &name, "%q", bad)
		assert.NotContains(t, err.Error(), "\n")
		assert.NotContains(t, err.Error(), "\u202e")
	}
	for _, n := range []string{"a", strings.Repeat("日", 200)} {
		s := stagingName(n)
		assert.LessOrEqual(t, len(s), 255)
		assert.True(t, strings.HasPrefix(s, ".") && strings.HasSuffix(s, ".part"))
		assert.NotEqual(t, s, stagingName(n))
	}
}

func FuzzCheckName(f *testing.F) {
	for _, s := range []string{"a.csv", "../x", "CON", "e\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := CheckName(s)
		if err != nil {
			return
		}
		again, err := CheckName(name)
		require.NoError(t, err)
		assert.Equal(t, name, again)
		require.NoError(t, checkPath(ImportFolder+"/"+name))
		assert.NotContains(t, escape(name), "/")
	})
}

// forgetful is a journal that is of no further use.
type forgetful struct{ staged Staged }

func (f *forgetful) Staged() (Staged, bool) { return f.staged, f.staged.Staging != "" }
func (f *forgetful) Note(s Staged)          { f.staged = s }
func (f *forgetful) Drop()                  { f.staged = Staged{} }

// TestWhatNobodyHasComparedIsReadBack: this server keeps no check sums, and one of the pieces does not arrive as it was sent.
func TestWhatNobodyHasComparedIsReadBack(t *testing.T) {
	l, o := newLake(t)
	data := bytes.Repeat([]byte("0123456789abcdef"), int(3*pieceSize)/16)
	l.before = func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Query().Get("action") == "flush" {
			l.mu.Lock()
			defer l.mu.Unlock()
			for _, f := range l.files {
				f.pending[pieceSize+9] ^= 1
			}
		}
		return false
	}
	_, err := o.Upload(t.Context(), "a.csv", bytes.NewReader(data), int64(len(data)), UploadOptions{})
	var incomplete *IncompleteError
	require.ErrorAs(t, err, &incomplete)
	assert.Empty(t, l.names())
}

// TestAServiceMayRefuseToFlushInTheMiddle: the upload then comes to its end in one.
func TestAServiceMayRefuseToFlushInTheMiddle(t *testing.T) {
	l, o := newLake(t)
	data := bytes.Repeat([]byte("0123456789abcdef"), int(60*pieceSize)/16)
	refused := 0
	l.before = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Query().Get("retainUncommittedData") == "true" {
			refused++
			oops(w, http.StatusBadRequest, "UnsupportedQueryParameter")
			return true
		}
		return false
	}
	_, err := o.Upload(t.Context(), "a.csv", bytes.NewReader(data), int64(len(data)), UploadOptions{Journal: &forgetful{}})
	require.NoError(t, err)
	assert.Equal(t, 1, refused, "asked once")
	got, _ := l.get(ImportFolder + "/a.csv")
	assert.True(t, got == string(data))
}

// TestWhatAServiceHasLostIsSentAgain: a flush in the middle took with it what had come behind it.
func TestWhatAServiceHasLostIsSentAgain(t *testing.T) {
	l, o := newLake(t)
	data := bytes.Repeat([]byte("0123456789abcdef"), int(60*pieceSize)/16)
	lost := false
	l.before = func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		q := r.URL.Query()
		if q.Get("action") == "flush" && q.Get("retainUncommittedData") == "" && !lost {
			lost = true
			l.mu.Lock()
			defer l.mu.Unlock()
			for _, f := range l.files {
				f.pending = f.pending[:40*pieceSize]
			}
		}
		return false
	}
	j := &forgetful{}
	_, err := o.Upload(t.Context(), "a.csv", bytes.NewReader(data), int64(len(data)), UploadOptions{Journal: j})
	require.NoError(t, err)
	require.True(t, lost)
	got, _ := l.get(ImportFolder + "/a.csv")
	assert.True(t, got == string(data))
	assert.Equal(t, []string{ImportFolder + "/a.csv"}, l.names())
	assert.Empty(t, j.staged.Staging)
}

// TestAPieceOfWhichNothingGetsAwayIsSentAgain: long before the time is over that a slow network may take for it.
func TestAPieceOfWhichNothingGetsAwayIsSentAgain(t *testing.T) {
	stallTimeout = time.Second
	defer func() { stallTimeout = 60 * time.Second }()
	l, o := newLake(t)
	l.put("Files/import/.x", "")
	again, tries := make(chan struct{}), atomic.Int32{}
	l.stuck = func(r *http.Request) {
		if r.Method != http.MethodPatch {
			return
		}
		if tries.Add(1) == 2 {
			close(again)
		}
		<-again // the first one takes nothing before the second one comes
	}
	chunk := bytes.Repeat([]byte("0123456789abcdef"), 2<<20) // more than the system takes of it by itself
	_, err := o.put(t.Context(), "Files/import/.x", 0, chunk, crc64nvme.Checksum(chunk))
	require.NoError(t, err)
	require.GreaterOrEqual(t, tries.Load(), int32(2), "on a busy machine one more may be stuck")
	_, err = o.flush(t.Context(), "Files/import/.x", int64(len(chunk)), false)
	require.NoError(t, err)
	got, _ := l.get("Files/import/.x")
	require.True(t, got == string(chunk))
}

// TestPiecesGrowWithTheFile: of sizes that no test has on its disk.
func TestPiecesGrowWithTheFile(t *testing.T) {
	for size, want := range map[int64]int64{
		0: 1, 1: 1, mostPieces * pieceSize: 1, mostPieces*pieceSize + 1: 2, 2 * mostPieces * pieceSize: 2, 2*mostPieces*pieceSize + 1: 4, 8 * mostPieces * pieceSize: 8,
	} {
		piece, ok := pieceOf(size)
		require.True(t, ok, size)
		require.Equal(t, want*pieceSize, piece, size)
		require.LessOrEqual(t, (size+piece-1)/piece, int64(mostPieces), size)
	}
	l, o := newLake(t)
	_, err := o.Upload(t.Context(), "a.csv", changing{bytes.NewReader(nil), errors.New("nobody reads it")}, 8*mostPieces*pieceSize+1, UploadOptions{})
	var large *TooLargeToSendError
	require.ErrorAs(t, err, &large)
	require.ErrorContains(t, err, "a.csv has 26.2 GB, and more than 26.2 GB can't be uploaded") // by the small pieces of tests
	require.Empty(t, l.log, "nothing was sent")
}

// TestAFileOfLargerPiecesArrives: fewer of them are on their way at a time.
func TestAFileOfLargerPiecesArrives(t *testing.T) {
	l, o := newLake(t)
	data := bytes.Repeat([]byte("0123456789abcdef"), int(30*pieceSize)/16+3)
	s := &sending{lake: o, name: "a.csv", source: bytes.NewReader(data), size: int64(len(data)), piece: 8 * pieceSize}
	require.NoError(t, s.stage(t.Context()))
	require.Equal(t, 4, l.requests("PATCH")-1, "and one flush")
	require.NoError(t, o.name(t.Context(), s.staging, "a.csv", false))
	got, _ := l.get("Files/import/a.csv")
	require.True(t, got == string(data))
}
