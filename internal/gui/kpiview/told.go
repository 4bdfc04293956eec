package kpiview

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/parts"
)

// Rows are rows that a card leads to.
type Rows int

// The rows.
const (
	RowsWithoutAmount Rows = iota
	RowsWithoutDate
)

// shown is what the tiles show, for the cards that tell of it.
type shown struct {
	kpis    *contract.KPIs
	rows    int64 // that are counted; 0 where not known
	profile *contract.ImportProfile
	whole   *contract.KPIs // beside a part; nil without one
	part    *parts.Part
}

func (t *Tiles) shows(k *contract.KPIs, rows int64, profile *contract.ImportProfile, whole *contract.KPIs, part *parts.Part) {
	t.told = shown{k, rows, profile, whole, part}
}

// SetRows says how many rows the figures are of; 0 is not known. It is called after Set.
func (t *Tiles) SetRows(n int64) { t.told.rows = n }

// figureNames are the names of the tiles' controls.
var figureNames = [4]string{"revenue", "orders", "average", "conversion"}

// cardWidth is that of the cards: about sixty letters.
const cardWidth = 420

// tell is the card of a figure: how it is defined, of which columns and rows it is, and what is missing from it.
func (t *Tiles) tell(i int) fyne.CanvasObject {
	s := t.told
	k := s.kpis
	if k == nil {
		return nil
	}
	wrapped := func(text string) fyne.CanvasObject { return controls.NewText(text).Fitted(controls.Wrap).AtMost(8) }
	muted := func(text string) fyne.CanvasObject {
		return controls.NewCaption(text).Fitted(controls.Wrap).AtMost(6)
	}
	rows := []fyne.CanvasObject{controls.NewHeading(Figures(nil)[i].Caption).Fitted(controls.Cut), wrapped(defined(k, s.whole, i))}
	if s.part != nil {
		rows = append(rows, muted(words.T("Of the part {{.Part}}.", "Part", PartText(s.part.Filter))))
	}
	rows = append(rows, muted(words.T("Columns: {{.Columns}}", "Columns", strings.Join(usedColumns(k, i), ", "))))
	if s.rows > 0 && i < 3 {
		rows = append(rows, muted(words.N(s.rows, "{{.N}} row is counted.", "{{.N}} rows are counted.")))
	}
	if i < 3 {
		missing := MissingFrom(k)
		if s.part != nil {
			missing = partMissing(s.part, s.whole)
		}
		if missing == "" {
			missing = words.T("Nothing is missing from it.")
		}
		rows = append(rows, wrapped(missing))
		if first := firstLeftOut(k); first != "" {
			rows = append(rows, muted(first))
		}
		rows = append(rows, t.links(k)...)
	}
	return controls.Width(cardWidth, controls.Column(style.Small, rows...))
}

// links lead to the rows of which something is missing.
func (t *Tiles) links(k *contract.KPIs) []fyne.CanvasObject {
	if t.onRows == nil {
		return nil
	}
	var out []fyne.CanvasObject
	link := func(name, text string, rows Rows) {
		out = append(out, controls.NewQuiet(t.name+"."+name, text, func() { t.onRows(rows) }))
	}
	without := t.told.part != nil && t.told.part.WithoutAmount > 0
	if m := k.Missing; without || m != nil && m.NoAmount.Rows+m.UnreadAmounts.Rows > 0 {
		link("without.amount", words.T("Show the rows without an amount"), RowsWithoutAmount)
	}
	if k.UndatedOrders > 0 || k.Missing != nil && k.Missing.Undated.Rows > 0 {
		link("without.date", words.T("Show the rows without a date"), RowsWithoutDate)
	}
	if len(out) == 0 {
		return nil
	}
	return []fyne.CanvasObject{controls.Line(style.Small, out...)}
}

// defined is how a figure is defined, in words.
func defined(k, whole *contract.KPIs, i int) string {
	lines := k.RowIs == contract.RowIsOrderLine
	switch i {
	case 0:
		return words.T("The sum of the amounts of all rows, added up exactly and rounded to the cent. Returned and cancelled rows count as they stand.")
	case 1:
		if lines {
			return words.T("The number of different order_ids. A row is a line of an order, and an order counts where its first line stands.")
		}
		return words.T("The number of rows: each is an order. Of rows with the same order_id the first counts.")
	case 2:
		return words.T("Revenue divided by orders, computed exactly and then rounded to the cent. An order without an amount counts as 0.")
	}
	c, unknown := k.Conversion, false
	if whole != nil && c == nil {
		c, unknown = whole.Conversion, whole.Conversion != nil
	}
	if c == nil {
		return words.T("How many visitors ordered. It needs the number of visitors: from the settings, or from a column of the file.")
	}
	out := definition(c.Definition)
	if c.Source == contract.ConversionConfigured {
		out += ". " + words.T("The visitors stand in the settings of the connection, and are of no certain days.")
	} else if c.Column != nil {
		out += ". " + words.T("The visitors of each day stand in the column {{.Column}}.", "Column", *c.Column)
	}
	if unknown {
		out = format.Sentences(out, words.T("Visitors are not known of a part."))
	}
	return out
}

// usedColumns are the columns of a figure, by the names that they have in the file.
func usedColumns(k *contract.KPIs, i int) []string {
	roles := [4][]string{{"revenue"}, {"order_id"}, {"revenue", "order_id"}, {"order_id", "order_date"}}[i]
	if i == 3 && k.Conversion != nil && k.Conversion.Column != nil {
		roles = append(roles, *k.Conversion.Column)
	}
	out := slices.Clone(roles)
	for n, role := range roles {
		if k.ReadOptions != nil && k.ReadOptions.Columns[role] != "" {
			out[n] = k.ReadOptions.Columns[role]
		}
	}
	return out
}

// firstLeftOut names the first rows of the file that were left out as no orders; "" without any.
func firstLeftOut(k *contract.KPIs) string {
	var first []int64
	for _, l := range k.LeftOut {
		first = append(first, l.First...)
	}
	if len(first) == 0 {
		return ""
	}
	slices.Sort(first)
	var out []string
	for _, row := range first[:min(len(first), 8)] {
		out = append(out, words.Count(row))
	}
	return words.T("Left out are, among others, the rows {{.Rows}} of the file.", "Rows", strings.Join(out, ", "))
}
