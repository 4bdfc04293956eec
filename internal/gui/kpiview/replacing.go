package kpiview

import (
	"slices"

	"fyne.io/fyne/v2"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/comparison"
)

// Replacing shows in the question before a run what it will change of what is published.
type Replacing struct {
	Content []fyne.CanvasObject // of the question, which is Held and Broad

	note    *controls.Banner
	changes *datatable.Rows[ChangeRow]
}

// changesHeight has room for six rows and the header: nothing of it is out of sight.
const changesHeight = 7*style.Row + 12

// NewReplacing says, where the changes will stand, that what is published is being read.
func NewReplacing() *Replacing {
	r := &Replacing{note: controls.NewBanner(), changes: NewChanges("replacing.change", Comparing())}
	r.Content = []fyne.CanvasObject{controls.Tall(changesHeight, r.changes.Container), r.note.Container}
	return r
}

// Show says what changes, and lets the question be answered: with a click, or where much of it would be gone with a tick besides. now
// are the figures of the run, and may be nil; sentence is what is read of an error.
func (r *Replacing) Show(d *dialogs.Dialog, now *contract.KPIs, p comparison.Replacement, err error, sentence func(error) string) {
	switch {
	case err != nil:
		r.note.Set(controls.StateWarn, words.T("What is published could not be read, so that it is not known what changes. {{.Why}}", "Why", sentence(err)))
	case p.Unknown:
		r.note.Set(controls.StateWarn, words.T("What is published can't be read at this moment, so that it is not known what changes."))
	case p.Nothing:
		r.note.Set(controls.StateNeutral, words.T("Nothing is published yet: these are the first results."))
	default:
		r.note.Set(controls.StateWarn, reasonsText(p))
	}
	changes := FigureRows(comparison.KPIs(nil, now).Figures)
	if err == nil {
		changes = replacedRows(p, changes)
	}
	r.changes.Set(changes)
	d.Let(tickText(p))
}

// replacedRows are the figures before and after, the rows, and the days. first are the figures where nothing is published yet.
func replacedRows(p comparison.Replacement, first []ChangeRow) []ChangeRow {
	days := ChangeRow{Name: words.T("Days"), Before: daysText(p.Before), After: daysText(p.After)}
	if p.Before.Days() > 0 && p.After.Days() > 0 {
		switch n := p.After.Days() - p.Before.Days(); {
		case p.Before == p.After:
			days.Change = "="
		case n > 0:
			days.Change, days.Shape = "+"+words.Count(int64(n)), controls.Up
		case n < 0:
			days.Change, days.Shape = words.Count(int64(n)), controls.Down
		default:
			days.Change = words.T("others")
		}
	}
	out := first
	if len(p.Figures) > 0 {
		out = FigureRows(p.Figures)
	}
	return append(slices.Clone(out), FigureRow(words.T("Rows"), p.Rows, Whole), days)
}

func daysText(e comparison.Extent) string {
	if e.Days() == 0 {
		return "–"
	}
	return words.Days(e.Names())
}

// reasonsText says why a replacement is worth more than a click; "" where it is not.
func reasonsText(p comparison.Replacement) string {
	text := ""
	for _, r := range p.Reasons {
		if text != "" {
			text += " "
		}
		text += reasonText(r, p)
	}
	return text
}

func reasonText(r comparison.Reason, p comparison.Replacement) string {
	switch r.Kind {
	case comparison.CoversLess:
		return words.T("This file is of {{.After}}; what is published is of {{.Before}}.",
			"After", countedDays(p.After), "Before", countedDays(p.Before))
	case comparison.EndsEarlier:
		_, before := p.Before.Names()
		_, after := p.After.Names()
		return words.T("This file ends on {{.After}}; what is published reaches to {{.Before}}.", "After", words.Day(after), "Before", words.Day(before))
	case comparison.ShrinkingSum:
		return words.T("Revenue falls by {{.Part}}.", "Part", words.Percent(-*r.Change.Relative, 0))
	case comparison.ShrinkingCount:
		return words.T("Orders fall by {{.Part}}.", "Part", words.Percent(-*r.Change.Relative, 0))
	case comparison.GrowingSum:
		return words.T("Revenue becomes {{.Times}} times as much.", "Times", words.Decimal(*r.Change.Relative+1, 1))
	case comparison.GrowingCount:
		return words.T("Orders become {{.Times}} times as many.", "Times", words.Decimal(*r.Change.Relative+1, 1))
	}
	return ""
}

func countedDays(e comparison.Extent) string {
	return words.N(int64(e.Days()), "{{.N}} day", "{{.N}} days")
}

// tickText is what has to be ticked before a large or shrinking replacement; "" for any other one.
func tickText(p comparison.Replacement) string {
	if len(p.Reasons) == 0 {
		return ""
	}
	switch p.Reasons[0].Kind {
	case comparison.CoversLess, comparison.EndsEarlier:
		if p.After.Days() == 0 {
			return words.T("Replace what is published by a file without a dated order")
		}
		return words.T("Replace {{.Before}} by {{.After}}", "Before", daysText(p.Before), "After", daysText(p.After))
	case comparison.ShrinkingCount, comparison.GrowingCount:
		return words.T("Replace {{.Before}} orders by {{.After}}", "Before", words.Count(int64(*p.Figures[1].Before)), "After", words.Count(int64(*p.Figures[1].After)))
	case comparison.ShrinkingSum, comparison.GrowingSum:
	}
	return words.T("Replace a revenue of {{.Before}} by {{.After}}", "Before", words.Amount(*p.Figures[0].Before), "After", words.Amount(*p.Figures[0].After))
}
