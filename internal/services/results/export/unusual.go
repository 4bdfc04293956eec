package export

import (
	"fmt"
	"strings"

	"fabricportal/internal/format"
	"fabricportal/internal/services/results/anomalies"
)

// writeUnusual adds a sheet with the days, and one with the months, that are unlike those before (docs/anomalies.md), each with the values that it was
// compared with.
func (b *bookWriter) writeUnusual() error {
	for _, s := range b.unusual {
		if !s.Any() {
			continue
		}
		if err := b.writeMarks(s); err != nil {
			return fmt.Errorf("writing the unusual days and months: %w", err)
		}
	}
	return nil
}

func (b *bookWriter) writeMarks(s anomalies.Series) error {
	w := b.writer()
	name, period, before := "Unusual months", "Month", "{{.N}} months before"
	if s.Daily() {
		name, period, before = "Unusual days", "Day", "{{.N}} weeks before"
	}
	sheet, err := b.sheet(name)
	if err != nil {
		return err
	}
	heads, styles := []string{period, "Figure", "Value", "Usual from", "Usual to", "Against the usual", "What was usual"}, []string{"", "", styleMoney, styleMoney, styleMoney, styleRate, ""}
	heads = translated(b.Word, heads)
	reach, rows := 0, [][]any{}
	for i := range s.Points {
		for _, f := range anomalies.Figures {
			for _, m := range s.Marks[f] {
				if m.At != i {
					continue
				}
				row := []any{m.Name(w), b.Word(figureNames[f]), m.Value, m.Low, m.High, m.Relative, m.Before(w)}
				reach = m.Reach()
				compared := make([]any, reach) // a period without a row leaves its cell empty
				for _, at := range m.Earlier {
					if back := s.Back(m, at); back >= 1 && back <= reach {
						compared[back-1] = f.Of(s.Points[at])
					}
				}
				rows = append(rows, append(row, compared...))
			}
		}
	}
	for n := range reach {
		head := format.Fill(b.Word(before), "N", n+1)
		if n == 0 {
			head = b.Word(map[bool]string{true: "The week before", false: "The month before"}[s.Daily()])
		}
		heads, styles = append(heads, head), append(styles, styleMoney)
	}
	if err := b.cells(sheet, heads, styles, rows); err != nil {
		return err
	}
	meaning := fmt.Sprint("A", len(rows)+3)
	if err := b.f.SetCellStr(sheet, meaning, anomalies.Meaning(s.Daily(), w)); err != nil {
		return err
	}
	if err := b.f.SetCellStyle(sheet, meaning, meaning, b.styles[styleNote]); err != nil {
		return err
	}
	return b.f.SetColWidth(sheet, "G", "G", 48)
}

// figureNames are what is looked at, in English.
var figureNames = map[anomalies.Figure]string{anomalies.OfRevenue: "Revenue", anomalies.OfOrders: "Orders"}

// marked says which figures of a point of the series are unusual; nil where none is.
func (b *bookWriter) marked(at int) any {
	var out []string
	for _, f := range anomalies.Figures {
		for _, m := range b.unusual[0].Marks[f] {
			if m.At == at {
				out = append(out, b.Word(figureNames[f]))
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return strings.Join(out, ", ")
}

// writer writes numbers and days as the workbook's texts are.
func (b *bookWriter) writer() format.Writer { return format.Writer{Text: b.Word} }

func translated(word func(string) string, texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = word(t)
	}
	return out
}
