package export

import (
	"strconv"
	"strings"

	"fabricportal/internal/format"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/runs"
)

// stepWords name the steps of a bridge.
var stepWords = map[changes.StepKind]string{
	changes.StepBefore: "Revenue before", changes.StepAdded: "Added orders", changes.StepRemoved: "Removed orders", changes.StepChanged: "Changed orders",
	changes.StepWithoutID: "Rows without an order_id", changes.StepRounding: "Rounding", changes.StepAfter: "Revenue after",
}

// writeChangesSummary writes the first sheet: the bridge, the runs, and what there is to know of the comparison.
func (w *changesWriter) writeChangesSummary(sheet string) error {
	row := 0
	var failed error
	put := func(column, style string, value any) {
		cell := column + strconv.Itoa(row)
		var err error
		if text, ok := value.(string); ok {
			err = w.f.SetCellStr(sheet, cell, w.cut(text)) // a text whatever it looks like
		} else {
			err = w.f.SetCellValue(sheet, cell, value)
		}
		if err == nil && style != "" {
			err = w.f.SetCellStyle(sheet, cell, cell, w.styles[style])
		}
		if err != nil && failed == nil {
			failed = err
		}
	}
	line := func(style string, values ...any) {
		row++
		for i, v := range values {
			of := style
			switch v.(type) {
			case nil:
				continue
			case float64:
				of = styleMoney
			case int64:
				of = styleCount
			case string:
				if i > 0 && style == styleName {
					of = ""
				}
			}
			put(string(rune('A'+i)), of, v)
		}
	}
	line(styleTitle, w.Title)
	line(styleTitle, w.Word("What changed"))
	row++
	line(styleHead, nil, w.Word("Revenue"), w.Word("Orders"), w.Word("Rows"))
	r, p := w.book.Result, w.book.Pair
	if r != nil {
		for _, s := range r.Bridge() {
			if s.Kind == changes.StepRounding {
				line(styleName, w.Word(stepWords[s.Kind]), s.Money.Money())
				continue
			}
			line(styleName, w.Word(stepWords[s.Kind]), s.Money.Money(), s.Orders, s.Rows)
		}
	} else {
		for side, kind := range []changes.StepKind{changes.StepBefore, changes.StepAfter} {
			if k := p.KPIs[side]; k != nil {
				line(styleName, w.Word(stepWords[kind]), k.TotalRevenue, k.Orders)
			}
		}
	}
	row++
	line(styleHead, nil, w.Word("Before"), w.Word("After"))
	of := func(name string, value func(runs.Run) string) {
		line(styleName, w.Word(name), value(p.Runs[changes.Before]), value(p.Runs[changes.After]))
	}
	of("Run", func(r runs.Run) string { return r.ID.String() })
	of("Import file", func(r runs.Run) string { return r.InputFile })
	of("Started by", func(r runs.Run) string { return r.TriggeredBy })
	of("Finished", func(r runs.Run) string {
		if r.FinishedAt == nil {
			return ""
		}
		return format.StampIn(*r.FinishedAt, w.Written.Location())
	})
	if r != nil {
		line(styleName, w.Word("order_ids in several rows"), r.Sides[changes.Before].Repeated, r.Sides[changes.After].Repeated)
		if o := r.OtherCase; o.Orders > 0 {
			line(styleName, w.Word("Removed and added again with an order_id in another case"), o.Revenue[changes.Before].Money(), o.Revenue[changes.After].Money(), o.Orders)
		}
		line(styleName, w.Word("Columns of one run only, which are not compared"), strings.Join(r.Sides[changes.Before].Only, ", "), strings.Join(r.Sides[changes.After].Only, ", "))
		for _, c := range r.Retyped {
			line(styleName, format.Fill(w.Word("Kind of {{.Column}}"), "Column", c.Column), c.Kinds[changes.Before].String(), c.Kinds[changes.After].String())
		}
		line(styleName, w.Word("The same in both: orders"), r.Same.Revenue.Money(), r.Same.Orders, r.Same.Rows)
	}
	line(styleName, w.Word("Written"), format.StampIn(w.Written, w.Written.Location()))
	row++
	note := func(text string) {
		row++
		put("A", styleNote, text)
	}
	if r != nil {
		for _, m := range r.Mismatches(p.KPIs) {
			note(format.Fill(w.Word("The rows of run {{.Run}} add up to {{.Rows}}, its figures say {{.KPI}}: this workbook is of the rows."),
				"Run", runs.ShortID(p.Runs[m.Side].ID), "Rows", format.Money(m.Rows.Money()), "KPI", format.Money(m.KPI.Money())))
		}
		for k, n := range w.told.LeftOut {
			if n > 0 {
				note(format.Fill(w.Word("Excel holds at most 1,048,576 rows a sheet. Orders left out of {{.Sheet}}, those with the least money:"), "Sheet", w.Word(kindSheets[k])) + " " + strconv.FormatInt(n, 10))
			}
		}
		note(w.Word("Of an order with several rows, the columns show its first row; the revenue is that of all of them."))
	} else {
		note(w.Word("The rows were not compared: this workbook has the figures only."))
	}
	if w.report.Cut > 0 {
		note(w.Word("Texts that were cut to 32,767 characters:") + " " + strconv.Itoa(w.report.Cut))
	}
	note(w.Word("Text is kept as text: nothing in this workbook is a formula."))
	if failed != nil {
		return failed
	}
	if err := w.f.SetColWidth(sheet, "A", "A", 44); err != nil {
		return err
	}
	return w.f.SetColWidth(sheet, "B", "D", 38)
}

// ChangesTexts are the texts of a workbook of changes, in English, that Texts does not have: Word is asked for each.
var ChangesTexts = []string{
	"Summary", "By group", "Added", "Removed", "Changed", "What changed", "Revenue before", "Revenue after", "Added orders", "Removed orders", "Changed orders",
	"Rows without an order_id", "Rounding", "Before", "After", "Rows", "order_ids in several rows", "Removed and added again with an order_id in another case",
	"Columns of one run only, which are not compared", "Kind of {{.Column}}", "The same in both: orders",
	"The rows of run {{.Run}} add up to {{.Rows}}, its figures say {{.KPI}}: this workbook is of the rows.",
	"Excel holds at most 1,048,576 rows a sheet. Orders left out of {{.Sheet}}, those with the least money:",
	"Of an order with several rows, the columns show its first row; the revenue is that of all of them.",
	"The rows were not compared: this workbook has the figures only.", "Order", "Change of revenue", "Rows before", "Rows after", "Column", "Value before", "Value after",
	"Revenue of the order", "Several rows are not the same. Rows in one run only:", "(no value)", "Other groups: {{.N}}", "Broken down by", "Group", "Share of the change", "Orders before", "Orders after",
}
