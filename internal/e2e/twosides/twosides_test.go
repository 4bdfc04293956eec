package twosides

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/kpis"
)

// mostRounds of answers are given to the questions of one file.
const mostRounds = 4

// file is one that both sides read.
type file struct {
	name   string // with the kind of file before it
	path   string
	read   contract.ReadOptions // as a person says
	funnel *contract.Funnel
}

func (f *file) String() string {
	if f.read.Plain() {
		return f.name
	}
	return f.name + " " + optionsText(f.read)
}

func optionsText(o contract.ReadOptions) string {
	o.SchemaVersion = contract.ReadOptionsVersion
	text, err := json.Marshal(o)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// desktop is what the desktop makes of a file, and the questions that it has. What it can't read to its end it tells of as far
// as it goes; the notebook refuses that, and so does a run.
func desktop(ctx context.Context, f *file) (*answer, []contract.Question, error) {
	a, err := analysis.File(ctx, f.path, analysis.Options{Parts: analysis.KPIs, Read: f.read, Funnel: f.funnel, Version: "0"})
	if err == nil {
		err = a.Incomplete
	}
	out := &answer{}
	if err != nil {
		sentence := err.Error()
		out.Refused = &sentence
		return out, nil, ctx.Err()
	}
	documents := map[string]any{"profile": a.Profile}
	if a.KPIs != nil {
		documents["kpis"], documents["rows"] = a.KPIs, a.Rows
	} else if failed := new(kpis.ValidationError); errors.As(a.KPIError, &failed) {
		out.Refused = &failed.Message
	}
	written, err := json.Marshal(documents)
	if err == nil {
		err = errors.Join(json.Unmarshal(written, out), readable(written))
	}
	return out, a.Reading.Questions, err
}

// tally counts what was compared: readings by the kind of file and of outcome.
type tally map[string]int

func (c tally) add(f *file, round int, a *answer) {
	kind, _, _ := strings.Cut(f.name, "/")
	outcome := "asked or not cleaned"
	switch {
	case a.Profile == nil:
		outcome = "refused"
	case a.KPIs != nil:
		outcome = "with KPIs"
	}
	c[kind+filepath.Ext(f.path)+" "+outcome]++
	c["all"]++
	c["all with answers"] += min(round, 1)
}

// compared are the differences of some files, in their order, and what is asked of them.
func compared(t testing.TB, n *notebook, files []*file, count func(*file, *answer)) (found []difference, next []*file) {
	var sending sync.WaitGroup
	var failed error
	sending.Go(func() {
		for _, f := range files {
			options := ""
			if !f.read.Plain() {
				options = optionsText(f.read)
			}
			if failed = n.ask(request{Path: f.path, Options: options, Funnel: f.funnel}); failed != nil {
				return
			}
		}
	})
	for _, f := range files {
		d, questions, err := desktop(t.Context(), f)
		require.NoError(t, err, f)
		python, err := n.receive()
		require.NoError(t, err, "the notebook's answer for %s", f)
		count(f, d)
		found = append(found, differences(f.String(), d, python)...)
		next = append(next, answers(f, questions)...)
	}
	sending.Wait()
	require.NoError(t, failed)
	return found, next
}

// answers are the file read by each answer to its first question, and by the first answers to the others.
func answers(f *file, questions []contract.Question) (out []*file) {
	if len(questions) == 0 {
		return nil
	}
	for _, reading := range questions[0].Readings {
		if reading.Options == nil {
			continue
		}
		read := f.read
		for _, other := range questions[1:] {
			read = read.Merged(*other.Readings[0].Options)
		}
		out = append(out, &file{f.name, f.path, read.Merged(*reading.Options), f.funnel})
	}
	return out
}

// TestBothSidesSayTheSame of every file: in whole documents, as it is read first and by each answer to what is asked.
func TestBothSidesSayTheSame(t *testing.T) {
	n := openNotebook(t)
	var found []difference
	counts := tally{}
	for round, files := 0, everyFile(t); len(files) > 0 && round <= mostRounds; round++ {
		var more []difference
		more, files = compared(t, n, files, func(f *file, a *answer) { counts.add(f, round, a) })
		found = append(found, more...)
	}
	t.Logf("readings compared: %v", counts)
	require.Greater(t, counts["all"], 500)
	unknown, stale := sorted(found)
	for _, entry := range stale {
		t.Errorf("a known difference is none any more, take it from the list: %s %s (%s)", entry.file, entry.path, entry.reason)
	}
	if len(unknown) > 0 {
		lines := make([]string, len(unknown))
		for i, d := range unknown {
			lines[i] = d.String()
		}
		t.Errorf("%d differences in %d files (by path: %s)\n%s", len(unknown), distinct(unknown), byPath(unknown), strings.Join(lines, "\n"))
	}
}

func distinct(found []difference) int {
	names := map[string]bool{}
	for _, d := range found {
		names[d.file] = true
	}
	return len(names)
}

// byPath counts differences by where they are in the documents.
func byPath(found []difference) string {
	counts := map[string]int{}
	for _, d := range found {
		counts[strings.Join(strings.FieldsFunc(d.path, func(r rune) bool { return r >= '0' && r <= '9' }), "")]++
	}
	paths := make([]string, 0, len(counts))
	for path := range counts {
		paths = append(paths, path)
	}
	sort.Slice(paths, func(i, j int) bool {
		if counts[paths[i]] != counts[paths[j]] {
			return counts[paths[i]] > counts[paths[j]]
		}
		return paths[i] < paths[j]
	})
	for i, path := range paths {
		paths[i] = fmt.Sprintf("%s %d", path, counts[path])
	}
	return strings.Join(paths, ", ")
}

func everyFile(t *testing.T) []*file {
	files := slices.Concat(caseFiles(t), exampleFiles(t), trapFiles(t), typeFiles(t), madeFiles(t))
	for _, f := range files {
		require.True(t, filepath.IsAbs(f.path), f.path)
	}
	return files
}
