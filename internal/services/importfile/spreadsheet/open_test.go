package spreadsheet

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func requireUnreadable(t *testing.T, err error, path, says string) {
	t.Helper()
	var unreadable *UnreadableError
	require.ErrorAs(t, err, &unreadable)
	require.Equal(t, path, unreadable.Path)
	require.Contains(t, unreadable.Sentence, says)
	require.Contains(t, unreadable.Sentence, filepath.Base(path))
	require.NotContains(t, unreadable.Sentence, "%!")
	require.True(t, strings.HasSuffix(unreadable.Sentence, "."))
}

func TestPathsThatAreNoReadableFiles(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(t.Context(), dir, Limits{})
	requireUnreadable(t, err, dir, "is a folder")

	missing := filepath.Join(dir, "missing.xlsx")
	_, err = Open(t.Context(), missing, Limits{})
	requireUnreadable(t, err, missing, "was not found")
	require.ErrorIs(t, err, os.ErrNotExist)

	if runtime.GOOS != "windows" && os.Geteuid() != 0 {
		secret := writeFile(t, "secret.xlsx", []byte("x"))
		require.NoError(t, os.Chmod(secret, 0))
		_, err = Open(t.Context(), secret, Limits{})
		requireUnreadable(t, err, secret, "may not be read")
	}
	requireUnreadable(t, openError("p/a.xlsx", "a.xlsx", &os.PathError{Err: os.ErrPermission}), "p/a.xlsx", "may not be read")
	requireUnreadable(t, openError("p/a.xlsx", "a.xlsx", &os.PathError{Err: fmt.Errorf("input/output error")}), "p/a.xlsx", "(input/output error)")
}

func TestZipBombsEndAtTheirLimits(t *testing.T) {
	zeros := strings.Repeat(" ", 4<<20)
	for name, c := range map[string]struct {
		book   parts
		limits Limits
	}{
		"too many parts": {bookOf(""), Limits{Parts: 3}},
		"total":          {bookOf("").with("x", zeros), Limits{InflatedBytes: 3 << 20}},
		"ratio":          {bookOf("").with("x", zeros), Limits{RatioFrom: 1 << 20}},
	} {
		t.Run(name, func(t *testing.T) {
			path := c.book.write(t)
			_, err := read(t, path, c.limits)
			requireUnreadable(t, err, path, "more data than is safe")
		})
	}
	t.Run("a directory that is larger than its count says", func(t *testing.T) {
		book := bookOf("")
		for i := range 1_000 {
			book.with(fmt.Sprintf("part%d%s", i, strings.Repeat("x", 2000)), "")
		}
		data := book.zip(t)
		end := bytes.LastIndex(data, []byte("PK\x05\x06"))
		copy(data[end+8:], []byte{1, 0, 1, 0})
		path := writeFile(t, "many.xlsx", data)
		_, err := read(t, path, Limits{Parts: 100})
		requireUnreadable(t, err, path, "more data than is safe")
	})
	t.Run("a part that is larger than its directory says", func(t *testing.T) {
		book := bookOf("<row><c><v>1</v></c></row>")
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for name, content := range book {
			size := uint64(len(content))
			if name == "xl/worksheets/sheet1.xml" {
				size = 10
			}
			f, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(content)),
				CompressedSize64: uint64(len(content)), UncompressedSize64: size})
			require.NoError(t, err)
			_, err = f.Write([]byte(content))
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		_, err := read(t, writeFile(t, "liar.xlsx", out.Bytes()), Limits{})
		require.ErrorAs(t, err, new(*DamagedError))
	})
	t.Run("texts", func(t *testing.T) {
		book := bookOf(`<row><c t="s"><v>0</v></c></row><row><c t="s"><v>1</v></c></row>`).
			with("xl/sharedStrings.xml", "<sst><si><t>a</t></si><si><t>"+strings.Repeat("b", 2000)+"</t></si></sst>")
		path := book.write(t)
		requireCells(t, path, `A1 "a"`, `A2 "`+strings.Repeat("b", 2000)+`"`)
		for _, limits := range []Limits{{SharedBytes: 1000}, {CellBytes: 1000}} {
			got, err := read(t, path, limits)
			require.ErrorAs(t, err, new(*DamagedError))
			require.Equal(t, grid{`A1 "a"`}, got)
			require.Contains(t, err.Error(), "longer than the limit")
		}
	})
}

func TestCancel(t *testing.T) {
	rows := strings.Repeat(`<row><c><v>1</v></c></row>`, 100)
	for name, content := range map[string][]byte{"a.xlsx": bookOf(rows).zip(t), "a.csv": []byte(strings.Repeat("1\n", 100))} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			f, err := Open(ctx, writeFile(t, name, content), Limits{})
			require.NoError(t, err)
			defer f.Close()
			r, err := f.Rows(ctx)
			require.NoError(t, err)
			defer r.Close()
			require.True(t, r.Next())
			cancel()
			require.False(t, r.Next())
			require.ErrorIs(t, r.Err(), context.Canceled)
			require.ErrorIs(t, f.WriteTo(ctx, &bytes.Buffer{}), context.Canceled)
			_, err = Open(ctx, f.path, Limits{})
			require.ErrorIs(t, err, context.Canceled)
		})
	}
}

func TestChanged(t *testing.T) {
	path := writeFile(t, "a.csv", []byte("a\n1\n"))
	open := func() *File {
		f, err := Open(t.Context(), path, Limits{})
		require.NoError(t, err)
		t.Cleanup(func() { f.Close() })
		return f
	}
	same := open()
	require.False(t, same.Changed())
	require.NoError(t, os.WriteFile(path, []byte("a\n1\n2\n"), 0o600))
	require.True(t, same.Changed(), "another size")
	later := open()
	require.NoError(t, os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)))
	require.True(t, later.Changed(), "another time")
	if runtime.GOOS != "windows" {
		gone := open()
		require.NoError(t, os.Remove(path))
		require.True(t, gone.Changed(), "gone")
	}
}

func TestAddress(t *testing.T) {
	for column, want := range map[int]string{0: "A17", 25: "Z17", 26: "AA17", 701: "ZZ17", 702: "AAA17", 16383: "XFD17"} {
		require.Equal(t, want, Address(column, 17))
		got, ok := parseColumn([]byte(want))
		require.True(t, ok)
		require.Equal(t, column, got)
	}
}
