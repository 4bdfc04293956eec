package importscreen

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/profile"
)

// questionBox asks what can be read in more than one way: each reading is a button, and beside it stands what it gives.
type questionBox struct {
	content *fyne.Container
	list    *fyne.Container
	answer  func(contract.ReadOptions)
	asks    bool // there is a question to show
}

// mostAsked is the height that open questions may take in a window of a height. With large letters a window holds fewer lines, and what
// does not fit is scrolled, so that the file below stays in sight.
func mostAsked(window float32) float32 {
	if style.Scaled(1) <= 1 {
		return 240
	}
	const others = 620 // what stands around them
	return max(110, min(200, window-others))
}

func newQuestionBox(window fyne.Window, answer func(contract.ReadOptions)) *questionBox {
	q := &questionBox{answer: answer, list: controls.Column(style.Medium)}
	box, _ := controls.Rounded(style.WarnBack, style.Small, controls.Within(func() float32 { return mostAsked(window.Canvas().Size().Height) }, q.list))
	q.content = box
	q.content.Hide()
	return q
}

// show draws the open questions of a file; given is what a person has chosen for it so far. A row that is probably the header
// instead of the one that was taken is offered, too.
func (q *questionBox) show(r *contract.Reading, preview *profile.Preview, given contract.ReadOptions) {
	q.list.RemoveAll()
	title := preview != nil && preview.LikelyHeader > 0 && (r == nil || r.Options.HeaderRow == 0)
	q.asks = title || r != nil && len(r.Questions) > 0
	controls.Toggle(q.content, q.asks)
	if title {
		q.list.Add(q.title(preview, given))
	}
	if r == nil {
		return
	}
	for _, question := range r.Questions {
		text := controls.NewHeading(questionText(question)).Fitted(controls.Wrap).AtMost(3)
		rows := []fyne.CanvasObject{text}
		if len(question.Evidence) > 0 && question.ID != "columns" && question.ID != "sheet" { // their readings name all there is
			rows = append(rows, controls.NewCaption(words.T("In the file: {{.Evidence}}", "Evidence", evidenceText(question.Evidence))).Fitted(controls.Wrap).AtMost(3))
		}
		for i, reading := range question.Readings[:min(len(question.Readings), mostReadings)] {
			rows = append(rows, q.reading(question, i, reading, given))
		}
		if more := len(question.Readings) - mostReadings; more > 0 {
			rows = append(rows, controls.NewCaption(words.N(int64(more), "and {{.N}} more: see How it is read", "and {{.N}} more: see How it is read")))
		}
		q.list.Add(controls.Column(style.Tight, rows...))
	}
	q.list.Refresh()
}

// title says that a title was probably taken for the header.
func (q *questionBox) title(p *profile.Preview, given contract.ReadOptions) fyne.CanvasObject {
	text := words.T("Row {{.Taken}} looks like a title: the names of the columns are probably in row {{.Likely}}.", "Taken", p.HeaderRow, "Likely", p.LikelyHeader)
	button := controls.NewButton("import.answer.header_row.0", words.T("Read from row {{.Row}}", "Row", p.LikelyHeader), func() {
		q.answer(given.Merged(contract.ReadOptions{HeaderRow: int64(p.LikelyHeader)}))
	})
	return controls.Column(style.Tight, controls.NewHeading(text).Fitted(controls.Wrap), controls.Line(style.Small, button))
}

func (q *questionBox) reading(of contract.Question, i int, r contract.PossibleReading, given contract.ReadOptions) fyne.CanvasObject {
	gives := controls.NewText(outcomeText(r)).Fitted(controls.Cut)
	if r.Options == nil {
		return controls.Line(style.Small, controls.NewText(words.T("With what is missing:")).Colored(style.Muted), gives)
	}
	answer := answerText(of, r)
	button := controls.NewButton(fmt.Sprintf("import.answer.%s.%d", of.ID, i), answer, func() { q.answer(given.Merged(*r.Options)) })
	if utf8.RuneCountInString(answer) > longAnswer { // beside it there would be no room for the figures in a small window
		return controls.Column(style.Tight, controls.Line(style.Small, button), gives.Fitted(controls.Wrap).AtMost(3))
	}
	return controls.Line(style.Small, button, gives)
}

// mostReadings is how many readings are offered beside a question.
const mostReadings = 8

// longAnswer is more letters than leave room for figures beside them.
const longAnswer = 40

// questionText is what is asked.
func questionText(q contract.Question) string {
	switch q.ID {
	case "sheet":
		return words.T("The first sheet does not have the columns of orders. Which sheet holds them?")
	case "columns":
		return words.T("The columns have other names than the pipeline expects. Are these the order's id, its date and the revenue?")
	case "decimal_mark":
		return words.T("The amounts can be read in two ways. Is the mark in them a decimal mark, or does it group thousands?")
	case "date_order":
		return words.T("The dates can be read in two ways. Does the day or the month come first?")
	case "two_digit_years_from":
		return words.T("The years have two digits only. Which years are meant?")
	case "rows_no_orders":
		return words.T("Some rows look like totals, which would be counted as orders. Leave them out?")
	case "shifted_rows":
		return words.T("Some rows have more values than others: a delimiter within a text shifts them. Put them back, or leave them out?")
	case "row_is":
		return words.T("Several rows have one order_id. Are they lines of one order, or was the order written twice?")
	case "accept_missing":
		return words.T("A part of the money is missing from the sums. Run with the sums as they are?")
	}
	return words.T("A person has to decide how this file is read: {{.What}}", "What", q.ID)
}

// answerText is what stands on a reading's button.
func answerText(q contract.Question, r contract.PossibleReading) string {
	o := r.Options
	switch q.ID {
	case "sheet":
		return o.Sheet
	case "columns":
		var parts []string
		for _, role := range contract.Words().Roles {
			if header := o.Columns[role.Role]; header != "" {
				parts = append(parts, words.T("{{.Header}} is {{.Role}}", "Header", strings.TrimSpace(header), "Role", role.Role))
			}
		}
		return strings.Join(parts, ", ")
	case "decimal_mark":
		if o.DecimalMark == "," {
			return words.T("Comma is the decimal mark")
		}
		return words.T("Point is the decimal mark")
	case "date_order":
		if o.DateOrder == contract.MonthFirst {
			return words.T("Month first")
		}
		return words.T("Day first")
	case "two_digit_years_from":
		return words.T("{{.From}} to {{.To}}", "From", o.TwoDigitYears, "To", o.TwoDigitYears+99)
	case "rows_no_orders":
		if o.RowsNoOrders == contract.Count {
			return words.T("Count them as orders")
		}
		return words.T("Leave them out")
	case "shifted_rows":
		if o.ShiftedRows == contract.Realign {
			return words.T("Put them back")
		}
		return words.T("Leave them out")
	case "row_is":
		if o.RowIs == contract.RowIsOrderLine {
			return words.T("Lines of one order: add them up")
		}
		return words.T("Written twice: keep the first")
	case "accept_missing":
		return words.T("Take the sums as they are")
	}
	return words.T("Choose this")
}

// outcomeText is what a reading gives.
func outcomeText(r contract.PossibleReading) string {
	var parts []string
	if r.TotalRevenue != nil {
		parts = append(parts, words.T("revenue {{.Amount}}", "Amount", words.Amount(*r.TotalRevenue)))
	}
	if r.Orders != nil {
		parts = append(parts, words.N(*r.Orders, "{{.N}} order", "{{.N}} orders"))
	}
	if r.FirstDay != nil && r.LastDay != nil {
		parts = append(parts, words.Days(*r.FirstDay, *r.LastDay))
	}
	if len(parts) == 0 {
		return words.T("gives no sums")
	}
	return strings.Join(parts, " · ")
}
