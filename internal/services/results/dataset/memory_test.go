package dataset

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/collector"
)

// mostMemory is what a program may take that does nothing but look at rows: the window has the rest of its 256 MB.
const mostMemory = 192 << 20

// whatCameOf is what a child process tells of a file.
type whatCameOf struct {
	Peak   int64             // bytes of memory
	Answer map[string]string // to each question: "ok", or the sentence
}

// TestMain is also the child process that looks at a file.
func TestMain(m *testing.M) {
	if path := os.Getenv("PORTAL_TEST_ROWS"); path != "" {
		collector.Tune()
		out, err := json.Marshal(whatCameOf{Answer: askAll(context.Background(), path), Peak: peak()})
		if err != nil {
			panic(err)
		}
		fmt.Println(string(out))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// askAll opens a file and asks everything of it that the screen can ask. Errors are sentences for people.
func askAll(ctx context.Context, path string) map[string]string {
	answers := map[string]string{}
	note := func(what string, err error) {
		runtime.GC() // what one question leaves behind says nothing of the next
		answers[what] = "ok"
		var file *FileError
		var query *QueryError
		switch {
		case err == nil:
		case errors.As(err, &file), errors.As(err, &query):
			answers[what] = err.Error()
		default:
			answers[what] = fmt.Sprintf("not a sentence: %v", err)
		}
	}
	table, err := Open(ctx, path)
	if note("open", err); err != nil {
		return answers
	}
	defer table.Close()
	look := func(what string, v *View) {
		places := []int{0, v.Rows() / 2, max(0, v.Rows()-100)}[1:]
		for _, from := range places {
			_, err := v.Shown(ctx, from, 256, nil)
			note(what+": shown at "+strconv.Itoa(from), err)
		}
		_, err := v.Window(ctx, 0, batch, nil)
		note(what+": window", err)
		_, err = v.TSV(ctx, 0, 5_000, nil, true)
		note(what+": copied", err)
	}
	look("all", table.All())
	ask := func(what string, q Query) {
		v, err := table.View(ctx, q, nil)
		if note(what, err); err == nil {
			look(what, v)
		}
	}
	ask("filtered", Query{Filters: []Filter{{Column: 0, Op: NotContain, Text: "qä"}}})
	ask("sorted", Query{Sort: []Order{{0, true}}})
	ask("some sorted", Query{Search: "7777", Sort: []Order{{len(table.Columns()) - 1, true}, {0, false}}})
	_, _, err = table.Distinct(ctx, 0, 50)
	note("counted", err)
	columns := table.all(nil)
	note("scanned", table.Scan(ctx, columns[:min(8, len(columns))], nil, func(_, n int, pieces []Piece) error {
		var cell []byte
		for c := range pieces {
			seen := make([]bool, pieces[c].Entries()) // each different value is looked at once, as parts does
			for i := range n {
				if len(seen) > 0 {
					if e := pieces[c].Entry(i); seen[e] {
						continue
					} else {
						seen[e] = true
					}
				}
				cell = pieces[c].Append(cell[:0], i)
			}
		}
		return nil
	}))
	return answers
}

// peak is the most memory that the process had.
func peak() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err == nil {
		for line := range strings.Lines(string(status)) {
			if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(kb), " kB"), 10, 64)
				return n << 10
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}

// inChild asks everything of a file in a process of its own.
func inChild(t *testing.T, path string) whatCameOf {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), "PORTAL_TEST_ROWS="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err, "the program died")
	var came whatCameOf
	require.NoError(t, json.Unmarshal(out, &came))
	return came
}

func TestNoFileTakesMoreMemoryThanThereIs(t *testing.T) {
	check := func(name, path string) {
		t.Run(name, func(t *testing.T) {
			came := inChild(t, path)
			t.Logf("%d MB: %v", came.Peak>>20, came.Answer)
			if !raced {
				require.LessOrEqual(t, came.Peak, int64(mostMemory))
			}
			for what, answer := range came.Answer {
				require.NotContains(t, answer, "not a sentence", what)
			}
		})
	}
	for name, data := range hostileFiles() {
		if raced && !strings.HasPrefix(name, "more") && !strings.HasPrefix(name, "a dictionary") {
			continue // they take minutes then, and their memory says nothing
		}
		path := filepath.Join(t.TempDir(), "hostile.parquet")
		require.NoError(t, os.WriteFile(path, data(), 0o600))
		check(name, path)
	}
	check("a page that the library reads into endless memory", filepath.Join("testdata", "endless_lz4.parquet"))
}
