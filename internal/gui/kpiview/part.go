package kpiview

import (
	"slices"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/parts"
)

// Dimension names a dimension as people read it.
func Dimension(d parts.Dimension) string {
	switch d {
	case parts.Channel:
		return words.T("Channel")
	case parts.Region:
		return words.T("Region")
	case parts.Category:
		return words.T("Category")
	case parts.Period, parts.Dimensions:
	}
	return words.T("Period")
}

// Key is a key of a dimension as people read it.
func Key(d parts.Dimension, key string) string {
	switch {
	case d == parts.Period:
		return words.Day(key)
	case key == parts.NoValue:
		return words.T("(no value)")
	}
	return key
}

// PartText names a part in a line, such as Region: North, South · Period: Mar 2025.
func PartText(f parts.Filter) string { return strings.Join(PartTexts(f), " · ") }

// PartTexts are the conditions of a part, each in a line.
func PartTexts(f parts.Filter) []string {
	var out []string
	for d, keys := range f {
		if len(keys) == 0 {
			continue
		}
		named := make([]string, len(keys))
		for i, key := range keys {
			named[i] = Key(parts.Dimension(d), key)
		}
		out = append(out, words.T("{{.Dimension}}: {{.Keys}}", "Dimension", Dimension(parts.Dimension(d)), "Keys", strings.Join(named, ", ")))
	}
	return out
}

// SetPart shows the figures of a part beside those of all.
func (t *Tiles) SetPart(p *parts.Part, whole *contract.KPIs, profile *contract.ImportProfile) {
	t.shows(p.KPIs, p.Rows, profile, whole, p)
	for i, f := range Figures(p.KPIs) {
		if i == 3 && whole.Conversion != nil && p.KPIs.Conversion == nil {
			f.Note = words.T("visitors are not known")
		}
		t.tiles[i].Set(f.Value, f.Note)
		t.sparks[i].Set(trendOf(p.Series, whole, profile, i))
	}
	t.missing.Set(partState(p, whole), partMissing(p, whole))
	t.captionConversion(p.KPIs)
	share := func(part, all float64, written string) controls.Change {
		if all <= 0 || part < 0 {
			return controls.Change{Words: words.T("all: {{.Value}}", "Value", written)}
		}
		return controls.Change{Words: words.T("{{.Part}} of {{.All}}", "Part", words.Percent(part/all, 1), "All", written)}
	}
	all := Figures(whole)
	t.tiles[0].SetChanges(share(p.KPIs.TotalRevenue, whole.TotalRevenue, all[0].Value))
	t.tiles[1].SetChanges(share(float64(p.KPIs.Orders), float64(whole.Orders), all[1].Value))
	t.tiles[2].SetChanges(controls.Change{Words: words.T("all: {{.Value}}", "Value", all[2].Value)})
	t.tiles[3].SetChanges(controls.Change{Words: words.T("all: {{.Value}}", "Value", all[3].Value)})
}

// partMissing says what is missing from the figures of a part, and what is missing from those of all without its being known from which part.
func partMissing(p *parts.Part, whole *contract.KPIs) string {
	out := []string{MissingFrom(p.KPIs)}
	if p.WithoutAmount > 0 {
		out = append(out, words.N(p.WithoutAmount, "{{.N}} row of this part has no amount that can be read.", "{{.N}} rows of this part have no amount that can be read."))
	}
	if p.Elsewhere > 0 {
		out = append(out, words.N(p.Elsewhere, "{{.N}} order has lines here, and counts where its first line stands.", "{{.N}} orders have lines here, and count where their first line stands."))
	}
	if lost := lostRows(whole); len(lost) > 0 {
		out = append(out, words.T("Missing from all, and it is not known from which part: {{.What}}.", "What", strings.Join(lost, " · ")))
	}
	return strings.TrimSpace(strings.Join(slices.DeleteFunc(out, func(s string) bool { return s == "" }), " "))
}

// PartNotes are what has to be known of a part's figures beside what its KPIs say.
func PartNotes(p *parts.Part, whole *contract.KPIs) []string {
	rest := *p
	rest.KPIs = &contract.KPIs{}
	if text := partMissing(&rest, whole); text != "" {
		return []string{text}
	}
	return nil
}

// lostRows are what is missing from the sums of all and is in no cleaned row.
func lostRows(k *contract.KPIs) []string {
	if k.Missing == nil {
		return nil
	}
	m := *k.Missing
	m.NoAmount, m.Undated = contract.MissingRows{}, contract.MissingRows{}
	return missingParts(&m)
}

func partState(p *parts.Part, whole *contract.KPIs) controls.State {
	if MissingState(p.KPIs) == controls.StateWarn || p.WithoutAmount > 0 || len(lostRows(whole)) > 0 {
		return controls.StateWarn
	}
	return controls.StateNeutral
}

// FaultText says why a figure can't be shown of parts.
func FaultText(f parts.Fault) string {
	what := ""
	switch f.Figure {
	case parts.Totals:
		switch {
		case f.TooMany:
			return words.T("There are more rows than this computer can tell apart, so that no part of them can be shown.")
		case f.Column != "":
			return words.T("The rows have no column {{.Column}}, so that no part of them can be shown.", "Column", f.Column)
		case f.Found != f.Said:
			return words.T("No part can be shown: the rows add up to {{.Rows}}, and the figures say {{.Figures}}. They are of two versions.",
				"Rows", words.Amount(f.Found), "Figures", words.Amount(f.Said))
		}
		return words.T("No part can be shown: the rows do not add up to the figures.")
	case parts.ByChannel, parts.ByRegion, parts.ByCategory, parts.ByPeriod:
		d := parts.Dimension(f.Figure - parts.ByChannel)
		if f.Column != "" {
			return words.T("Nothing can be chosen by {{.Dimension}}: the rows have no column {{.Column}}.", "Dimension", Dimension(d), "Column", f.Column)
		}
		return words.T("Nothing can be chosen by {{.Dimension}}: the rows add up to other figures.", "Dimension", Dimension(d))
	case parts.Currencies:
		what = words.T("the currencies")
	case parts.Statuses:
		what = words.T("what was returned or cancelled")
	case parts.Visitors:
		what = words.T("the visitors")
	case parts.Amounts:
		what = words.T("the orders without an amount or a date")
	}
	return words.T("Of parts it is not known: {{.What}}. The rows add up to other figures.", "What", what)
}
