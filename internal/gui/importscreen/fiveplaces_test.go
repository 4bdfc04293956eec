package importscreen

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"html"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/cli"
	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/verdict"
	"fabricportal/internal/services/results/evidence"
	"fabricportal/internal/services/runs"
)

// TestFivePlacesSayTheSame reads the files of the contract, and looks at what Overview, Checks, the question before a run, the subcommand
// check, as text and as JSON, and the evidence of a run say of each: the same number, order, words and money.
func TestFivePlacesSayTheSame(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.New())
	paths, err := filepath.Glob("../../../contract/testdata/cases/*.json")
	require.NoError(t, err)
	folder := t.TempDir()
	compared, costly := 0, 0
	for _, path := range paths {
		at, options := caseFile(t, folder, path)
		if at == "" {
			continue
		}
		result, err := analysis.File(t.Context(), at, analysis.Options{Read: options})
		if err != nil {
			continue
		}
		found := verdict.Of(result)
		said := wordsOf(found, result.Profile)
		for _, f := range found {
			if f.Money != nil && f.Money.Revenue != 0 {
				costly++
			}
		}
		a := &shell.Analysis{Result: *result}

		var checks []string
		for _, r := range findings(a, format.Sentence) {
			if r.state == controls.StateBad || r.state == controls.StateWarn {
				checks = append(checks, strings.TrimSpace(r.message+" "+r.where))
			}
		}
		require.Equal(t, said, checks, "%s: Checks", path)

		overview := said
		if undecided(a) {
			overview = wordsOf(found.Without("reading_decided"), result.Profile)
		}
		top := slices.Clone(overview[:min(len(overview), mostNamed)])
		for i := range top { // as the window writes any text
			top[i] = lettering.Line(lettering.Text(top[i]))
		}
		require.Equal(t, top, onOverview(t, a), "%s: Overview", path)

		top = said[:min(len(said), mostNamed)] // of the confirmation, which an undecided file never comes to
		var asked []string
		facts := foundFacts(a, format.Sentence)
		tally := found.InWords(format.English)
		require.Equal(t, strings.Join(tally[:], ", "), facts[0].Value, path)
		for _, fact := range facts[1:] {
			if fact.Name == "Warning" || fact.Name == "Error" {
				asked = append(asked, fact.Value)
			}
		}
		require.Len(t, asked, len(top), path)
		for i, f := range found[:len(top)] {
			message, _ := f.Words(format.English, result.Profile, format.Sentence)
			require.True(t, strings.HasPrefix(asked[i], lettering.Sentence(message)), "%s: %s", path, asked[i])
			require.Contains(t, strings.ToLower(asked[i]), strings.ToLower(f.Cost(format.English)), path)
		}

		evidenceSays(t, result, path)
		if found.Answer() == verdict.Undecided {
			continue // the subcommand asks, and says nothing else
		}
		compared++
		commandSays(t, at, options, result, path)
	}
	require.Greater(t, compared, 100)
	require.Greater(t, costly, 20)
}

// caseFile writes a case's file into a folder; "" for one that has none.
func caseFile(t *testing.T, folder, path string) (string, contract.ReadOptions) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var c struct {
		Name            string
		CSV             *string
		Encoding        string
		Base64, Parquet []byte
		Options         json.RawMessage
	}
	require.NoError(t, json.Unmarshal(text, &c))
	options, err := contract.ParseReadOptions(c.Options)
	require.NoError(t, err)
	name, data := c.Name+".csv", c.Base64
	switch {
	case c.Parquet != nil:
		name, data = c.Name+".parquet", c.Parquet
	case c.CSV != nil && c.Encoding == "":
		data = []byte(*c.CSV)
	case data == nil:
		return "", options
	}
	at := filepath.Join(folder, name)
	require.NoError(t, os.WriteFile(at, data, 0o600))
	return at, options
}

// wordsOf are the findings that speak against a file, each with what it costs and where it is.
func wordsOf(found verdict.Findings, p *contract.ImportProfile) []string {
	var out []string
	for _, f := range found {
		if f.Level <= verdict.Warns {
			message, _ := f.Words(format.English, p, format.Sentence)
			out = append(out, strings.TrimSpace(message+" "+f.CostAndPlace(format.English, p, format.Sentence)))
		}
	}
	return out
}

// onOverview are the findings that Overview names.
func onOverview(t *testing.T, a *shell.Analysis) []string {
	t.Helper()
	o := newOverview(format.Sentence, func(lettering.Copied) {}, leads{cells: func(verdict.Key) {}, mend: func(verdict.Way, string) {}, all: func() {}})
	o.show(a, false, time.Now())
	var out []string
	for _, row := range o.worst.Objects {
		text := ""
		for _, x := range test.LaidOutObjects(row) {
			if said, ok := x.(*controls.Text); ok {
				text = strings.TrimSpace(text + " " + said.Text())
			}
		}
		out = append(out, text)
	}
	want := lettering.Sentence(verdict.Of(&a.Result).Sentence(format.English, a.Profile, format.Sentence))
	if undecided(a) { // the question box says it, once
		want = ""
	}
	require.Equal(t, want, o.why.Text())
	return out
}

// commandSays looks at “check” as text and as JSON.
func commandSays(t *testing.T, at string, options contract.ReadOptions, want *analysis.Result, path string) {
	t.Helper()
	var args []string
	if !options.Plain() {
		text, err := json.Marshal(options)
		require.NoError(t, err)
		file := filepath.Join(t.TempDir(), "options.json")
		require.NoError(t, os.WriteFile(file, text, 0o600))
		args = []string{"--options", file}
	}
	run := func(more ...string) (string, string) {
		var out, errs bytes.Buffer
		cli.Execute(t.Context(), cli.Program{Local: portal.Local{Version: "1"}, Out: &out, Err: &errs, In: strings.NewReader("")}, slices.Concat([]string{"check", at}, args, more))
		return out.String(), errs.String()
	}
	found := verdict.Of(want)
	text, said := run("--json")
	var doc struct {
		Findings []struct {
			ID, Kind, Level, Message string
			Rows, Cells              int64
			Money                    *struct {
				Rows    int64
				Revenue float64
				Of      string
			}
		}
		Tally struct{ Passed, Warnings, Errors int }
	}
	require.NoError(t, json.Unmarshal([]byte(text), &doc), "%s: %s %s", path, text, said)
	passed, warnings, wrong := found.Tally()
	require.Equal(t, [3]int{passed, warnings, wrong}, [3]int{doc.Tally.Passed, doc.Tally.Warnings, doc.Tally.Errors}, path)
	require.Len(t, doc.Findings, len(found), path)
	for i, f := range found {
		message, _ := f.Words(format.English, want.Profile, format.Sentence)
		got := doc.Findings[i]
		require.Equal(t, message, got.Message, path)
		require.Equal(t, [2]int64{f.Rows, f.Cells}, [2]int64{got.Rows, got.Cells}, path)
		require.Equal(t, f.Money == nil, got.Money == nil, path)
		if f.Money != nil {
			require.Equal(t, verdict.Money{Rows: f.Money.Rows, Revenue: f.Money.Revenue, Of: f.Money.Of}, verdict.Money{Rows: got.Money.Rows, Revenue: got.Money.Revenue, Of: verdict.Stake(got.Money.Of)}, path)
		}
	}
	table, said := run()
	at0 := 0
	for _, f := range found {
		message, _ := f.Words(format.English, want.Profile, format.Sentence)
		i := strings.Index(table[at0:], strings.TrimSuffix(message, "."))
		if i < 0 && len(message) > 80 {
			continue // the terminal's table may cut it
		}
		require.GreaterOrEqual(t, i, 0, "%s: %s\n%s", path, message, table)
		at0 += i
	}
	tally := found.InWords(format.English)
	require.Contains(t, said, strings.Join(tally[:], ", "), path)
	require.Contains(t, said, found.Sentence(format.English, want.Profile, format.Sentence), path)
}

// evidenceSays looks at the page of a bundle, which knows the documents of a run and no rules.
func evidenceSays(t *testing.T, r *analysis.Result, path string) {
	t.Helper()
	run := runs.Run{ID: uuid.MustParse("0199a0b2-0218-7000-8000-000000000001"), Status: runs.Succeeded, InputFile: r.Profile.File.Name, CreatedAt: time.Now(), FinishedAt: new(time.Now())}
	in := evidence.Input{Run: run, Redact: func(s string) string { return s }, Portal: "Test", Version: "1"}
	var err error
	in.Profile, err = json.Marshal(r.Profile)
	require.NoError(t, err)
	if r.KPIs != nil {
		in.KPIs, err = json.Marshal(r.KPIs)
		require.NoError(t, err)
	}
	var out bytes.Buffer
	_, err = evidence.Write(t.Context(), &out, in, nil)
	require.NoError(t, err, path)
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	page := ""
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ".html") {
			file, err := f.Open()
			require.NoError(t, err)
			data, err := io.ReadAll(file)
			require.NoError(t, err)
			page = html.UnescapeString(string(data))
		}
	}
	alone := verdict.Of(&analysis.Result{Profile: r.Profile, KPIs: r.KPIs})
	var rest, without []verdict.Key
	for _, f := range verdict.Of(r) {
		if f.Kind != verdict.Rule && f.Level <= verdict.Warns && f.Kind != verdict.Incomplete {
			rest = append(rest, f.Key())
		}
	}
	at := 0
	for _, f := range alone {
		if f.Level > verdict.Warns {
			continue
		}
		without = append(without, f.Key())
		message, _ := f.Words(format.English, r.Profile, format.Sentence)
		if where := f.CostAndPlace(format.English, r.Profile, format.Sentence); where != "" {
			message += " (" + where + ")"
		}
		i := strings.Index(page[at:], "<dd>"+message+"</dd>")
		require.GreaterOrEqual(t, i, 0, "%s: evidence has not, in this order: %s\n%s", path, message, page[at:])
		at += i
	}
	require.Equal(t, without, rest, "%s: the order is the same without the rules", path)
}
