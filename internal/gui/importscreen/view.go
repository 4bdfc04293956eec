// Package importscreen is the screen Import: look before you run. It shows the files in the lakehouse and on this
// computer, profiles the chosen one, uploads it, and starts the run.
package importscreen

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/verdict"
)

// Summary is the line below the file's name.
func Summary(p *contract.ImportProfile, now time.Time) string {
	parts := []string{
		words.N(p.RowCount, "{{.N}} row", "{{.N}} rows"),
		words.N(int64(p.ColumnCount), "{{.N}} column", "{{.N}} columns"),
	}
	if p.DateRange != nil {
		parts = append(parts, words.Days(p.DateRange.Min, p.DateRange.Max))
	}
	parts = append(parts, words.Size(p.File.SizeBytes))
	if p.File.LastModified != nil {
		parts = append(parts, words.When(p.File.LastModified.Time, now))
	}
	return strings.Join(parts, " · ")
}

// Outcome counts what was found: passed, worth a look, and what should not be. It is what the list of Checks shows.
func Outcome(a *shell.Analysis) (passed, warnings, errors int) { return verdict.Of(&a.Result).Tally() }

// refused says that the notebook refuses the file.
func refused(p *contract.ImportProfile) bool {
	return slices.ContainsFunc(p.Validation.Checks, func(c contract.Check) bool { return !c.Passed && c.Severity == "error" })
}

// Verdict says in words whether the file can be run and names what speaks most against it.
func Verdict(a *shell.Analysis, sentence func(error) string) string {
	return verdict.Of(&a.Result).Sentence(words.Writer(), a.Profile, sentence)
}

// Facts are what is known of a file besides its findings.
func Facts(p *contract.ImportProfile, now time.Time) []frame.Fact {
	facts := []frame.Fact{{Name: words.T("File"), Value: p.File.Name}}
	if p.Sheet != nil {
		sheet := *p.Sheet
		if n := len(p.Sheets); n > 1 {
			sheet = words.T("{{.Sheet}}, one of {{.N}}", "Sheet", sheet, "N", n)
		}
		facts = append(facts, frame.Fact{Name: words.T("Sheet"), Value: sheet})
	}
	facts = append(facts,
		frame.Fact{Name: words.T("Rows"), Value: words.Count(p.RowCount)},
		frame.Fact{Name: words.T("Columns"), Value: words.Count(int64(p.ColumnCount))})
	if p.DateRange != nil {
		facts = append(facts, frame.Fact{Name: words.T("Dates"), Value: words.Days(p.DateRange.Min, p.DateRange.Max) + " (" + p.DateRange.Column + ")"})
	} else {
		facts = append(facts, frame.Fact{Name: words.T("Dates"), Value: words.T("there is no date column")})
	}
	facts = append(facts, frame.Fact{Name: words.T("Size"), Value: words.Size(p.File.SizeBytes) + " · " + words.N(p.File.SizeBytes, "{{.N}} byte", "{{.N}} bytes")})
	if p.File.LastModified != nil {
		facts = append(facts, frame.Fact{Name: words.T("Modified"), Value: words.When(p.File.LastModified.Time, now)})
	}
	return append(facts, frame.Fact{Name: "SHA-256", Value: p.File.SHA256})
}

// kind is a column's type in the user's language.
func kind(t string) string { return verdict.TypeName(words.Writer(), t) }

// ValueText is a value of a profile as it is read: dates stay as they are, numbers are grouped unless they name things.
func ValueText(v any, c contract.Column) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case int64:
		return number(float64(x), c)
	case int:
		return number(float64(x), c)
	case float64:
		return number(x, c)
	}
	return fmt.Sprint(v)
}

func number(v float64, c contract.Column) string {
	names := c.NormalizedName == "id" || strings.HasSuffix(c.NormalizedName, "_id")
	switch {
	case c.Type == "decimal" && !names:
		return words.Decimal(v, 2)
	case v == math.Trunc(v) && math.Abs(v) < 1e15 && !names:
		return words.Decimal(v, 0)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// cellTexts are rows as their cells stand in the file.
func cellTexts(rows [][]any) [][]string {
	out := make([][]string, 0, len(rows))
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, v := range r {
			switch x := v.(type) {
			case nil:
			case float64:
				cells[i] = strconv.FormatFloat(x, 'f', -1, 64)
			default:
				cells[i] = fmt.Sprint(x)
			}
		}
		out = append(out, cells)
	}
	return out
}

// checkRow is a finding, ready to be drawn.
type checkRow struct {
	key            verdict.Key
	cells          bool // there are cells to be shown
	way            verdict.Way
	option         string // of reading, by which it is mended
	state          controls.State
	message, where string
}

var checkColumns = []datatable.Column{{Width: 100, Grow: 1, Mark: true, Note: true}}

func checkCells(r checkRow) []datatable.Cell {
	return []datatable.Cell{{Text: r.message, Shape: r.state.Shape, Tint: r.state.Color, Note: r.where}}
}
