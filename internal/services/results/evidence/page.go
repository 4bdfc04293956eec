package evidence

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/verdict"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

//go:embed page.html
var pageText string

// Texts are the English texts of the page, which Input.Writer is asked to translate.
var Texts = []string{
	"Evidence of a run", "Succeeded", "Failed", "Cancelled", "Why it was cancelled", "Note", "Still running", "What happened", "Run", "Started by", "Import file", "Submitted", "Started", "Finished",
	"Duration", "Job in Fabric", "Pipeline", "Notebook", "Program", "Input SHA-256", "Rows read", "Rows written", "Why it failed",
	"Figures", "Revenue", "Orders", "Average order value", "Conversion rate", "Revenue over time", "Revenue by channel", "Revenue by region", "Revenue by category",
	"Timeline", "Files", "File", "Size", "in this bundle", "in the lakehouse", "Profile of the import file", "Column", "Type", "Empty", "Distinct", "Smallest", "Largest",
	"What is missing or does not fit", "All times are UTC.", "The SHA-256 of each file is its fingerprint: one changed byte changes it.", "not known",
	"Missing: unread amounts", "Missing: orders without an amount", "Missing: rows without an order_id", "Missing: repeated order_ids", "Missing: shifted rows",
	"Checks by the run", "Found", "Not in the series: orders without a date", "Left out: repeated headers", "Left out: rows without a letter or digit", "Left out: notes", "Left out: totals",
	"Left out: possible totals", "Left out: rows at the end", "How the file was read", "Average without orders that have no amount", "Revenue by currency",
	"Revenue without a currency", "Counted though returned or cancelled", "order_ids that differ in case only",
	"{{.Period}} (not over: to {{.Day}})", "{{.Period}} (from {{.Day}})",
}

// page is the bundle as one page that needs nothing else.
func (b *bundle) page() ([]byte, error) {
	t, err := template.New("page").Funcs(template.FuncMap{"t": func(english string) string { return b.Writer.T(english) }}).Parse(pageText)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, b.view())
	return out.Bytes(), err
}

type view struct {
	ID, Portal, Status, StatusClass string
	Facts                           []fact
	Error                           string
	Tiles                           []fact
	Line                            *line
	Bars                            []bars
	Events                          []eventView
	Files                           []fileView
	Columns                         []columnView
	ProfileOf                       string
	Problems                        []string
}

type fact struct{ Name, Value string }
type eventView struct{ Time, Class, Text string }
type fileView struct{ Name, Size, SHA256, Where string }
type columnView struct{ Name, Type, Empty, Distinct, Min, Max string }

// line is a curve in a box of 640 by 160.
type line struct {
	Points, From, To, Most string
	Open                   string // how high the last point lies where its period is not over; else ""
}

type bars struct {
	Title string
	Rows  []bar
}
type bar struct {
	Key, Value string
	Width      int // per cent of the longest
}

func (b *bundle) view() view {
	r, w := b.Run, b.Writer
	v := view{ID: r.ID.String(), Portal: b.Portal, Status: "Still running", StatusClass: "busy", Error: r.Failure(w), Problems: b.report.Problems}
	switch r.Status {
	case runs.Succeeded:
		v.Status, v.StatusClass = "Succeeded", "good"
	case runs.Failed:
		v.Status, v.StatusClass = "Failed", "bad"
		if r.Cancelled() { // on purpose: nothing went wrong
			v.Status, v.StatusClass = "Cancelled", "busy"
		}
	case runs.Submitted, runs.Queued, runs.Running:
	}
	add := func(name, value string) {
		if value != "" {
			v.Facts = append(v.Facts, fact{name, value})
		}
	}
	add("Run", v.ID)
	add("Started by", r.TriggeredBy)
	add("Import file", r.InputFile)
	sum, _ := b.input()
	add("Input SHA-256", sum)
	add("Submitted", human(stamp(r.CreatedAt)))
	if r.StartedAt != nil {
		add("Started", human(stamp(*r.StartedAt)))
	}
	if r.FinishedAt != nil {
		add("Finished", human(stamp(*r.FinishedAt)))
	}
	if took, ok := r.Took(); ok {
		add("Duration", w.Duration(took))
	}
	add("Job in Fabric", r.JobID)
	add("Pipeline", r.PipelineItemID)
	add("Notebook", r.NotebookVersion)
	add("Program", r.AppVersion)
	if m := b.metadata; m != nil && m.Rows != nil {
		add("Rows read", w.Count(m.Rows.Read))
		add("Rows written", w.Count(m.Rows.Written))
	}
	if how := b.howRead(); how != nil && !how.Plain() {
		add("How the file was read", runs.HowReadIn(*how, w))
	}
	for _, n := range runs.NotesOf(b.Events) {
		add("Note", human(stamp(n.Time))+", "+n.By+": "+n.Text)
	}
	if b.profile != nil { // the rules are those of a desktop: the run knows its own checks
		found := verdict.Of(&analysis.Result{Profile: b.profile, KPIs: b.kpis})
		said := found.InWords(w)
		add("Checks by the run", strings.Join(said[:], ", "))
		for _, f := range found {
			if f.Level > verdict.Warns {
				break
			}
			said, _ := f.Words(w, b.profile, w.Sentence)
			if where := f.CostAndPlace(w, b.profile, w.Sentence); where != "" {
				said += " (" + where + ")"
			}
			add("Found", said)
		}
	}
	if k := b.kpis; k != nil {
		v.Tiles = tiles(k, w)
		v.Line = curve(k, b.profile, w)
		for _, g := range []struct {
			title  string
			shares []contract.Share
		}{{"Revenue by channel", k.RevenueByChannel}, {"Revenue by region", k.RevenueByRegion}, {"Revenue by category", k.RevenueByProductCategory}} {
			if rows := barsOf(g.shares, w); len(rows) > 0 {
				v.Bars = append(v.Bars, bars{g.title, rows})
			}
		}
	}
	for _, e := range b.Events {
		v.Events = append(v.Events, eventView{human(stamp(e.Time)), strings.ToLower(string(e.Type)), runs.MessageIn(e, w)})
	}
	for _, f := range b.report.Files {
		size, where := "", "in the lakehouse"
		if f.Size >= 0 {
			size = w.Size(f.Size)
		}
		if f.Embedded {
			where = "in this bundle"
		}
		v.Files = append(v.Files, fileView{f.Path, size, f.SHA256, where})
	}
	if p := b.profile; p != nil {
		v.ProfileOf = p.File.Name + " · " + w.N(p.RowCount, "{{.N}} row", "{{.N}} rows")
		for _, c := range p.Columns {
			v.Columns = append(v.Columns, columnView{c.Name, c.Type, w.Percent(c.NullShare, 2), w.Count(c.DistinctCount), valueOf(c.Min, w), valueOf(c.Max, w)})
		}
	}
	return v
}

// human is a stamp without what a reader does not need.
func human(stamp string) string { return strings.Replace(stamp[:19], "T", " ", 1) }

func tiles(k *contract.KPIs, w format.Writer) []fact {
	out := []fact{{"Revenue", w.Amount(k.TotalRevenue)}, {"Orders", w.Count(k.Orders)}}
	if k.AOV != nil {
		out = append(out, fact{"Average order value", w.Amount(*k.AOV)})
	}
	if rate, ok := k.Conversion.Rate(); ok {
		value := w.Percent(rate, 2)
		if p := k.Conversion.Period; p != nil {
			value += " (" + p.From + " – " + p.To + ")"
		}
		out = append(out, fact{"Conversion rate", value})
	}
	out = append(out, besideTiles(&k.Beside, w)...)
	for _, c := range k.Missing.Causes() {
		out = append(out, fact{causes[c.ID], w.Amount(c.Revenue) + " (" + w.Count(c.Rows) + ")"})
	}
	for _, l := range k.LeftOut {
		out = append(out, fact{kinds[l.Kind], w.Amount(l.Revenue) + " (" + w.Count(l.Rows) + ")"})
	}
	return out
}

// besideTiles is what stands beside the sums.
func besideTiles(b *contract.Beside, w format.Writer) []fact {
	var out []fact
	for _, f := range b.Facts() {
		rows := " (" + w.Count(f.Rows) + ")"
		switch f.ID {
		case contract.FactWithoutAmount:
			if f.Revenue != nil {
				out = append(out, fact{"Average without orders that have no amount", w.Amount(*f.Revenue) + rows})
			}
		case contract.FactCurrency:
			if f.Name == "" {
				out = append(out, fact{"Revenue without a currency", w.Amount(*f.Revenue) + rows})
			} else {
				out = append(out, fact{"Revenue by currency", f.Name + " " + w.Amount(*f.Revenue) + rows})
			}
		case contract.FactCase:
			out = append(out, fact{"order_ids that differ in case only", w.Count(f.Rows)})
		}
	}
	if r := b.ReturnedOrCancelled; r != nil && r.Rows > 0 {
		out = append(out, fact{"Counted though returned or cancelled", w.Amount(r.Revenue) + " (" + w.Count(r.Rows) + ")"})
	}
	return out
}

// causes and kinds are what is missing from the sums, and what was left out as no order, with how many rows, in English words.
var (
	causes = map[string]string{
		"unread_amounts": "Missing: unread amounts", "no_amount": "Missing: orders without an amount", "no_order_id": "Missing: rows without an order_id",
		"repeated_order_id": "Missing: repeated order_ids", "shifted_rows": "Missing: shifted rows", "undated": "Not in the series: orders without a date",
	}
	kinds = map[string]string{
		"header": "Left out: repeated headers", "rule": "Left out: rows without a letter or digit", "note": "Left out: notes", "total": "Left out: totals",
		"suspect": "Left out: possible totals", "end": "Left out: rows at the end",
	}
)

// howRead is how the file was read, by what the notebook says; what it was asked for where it says nothing; nil where neither is known.
func (b *bundle) howRead() *contract.ReadOptions {
	if b.metadata != nil && b.metadata.ReadOptions != nil {
		return b.metadata.ReadOptions
	}
	return runs.ReadOptions(b.Events)
}

const lineWidth, lineHeight = 640.0, 160.0

// curve draws revenue over time; nil for fewer than two points, which make no line.
func curve(k *contract.KPIs, profile *contract.ImportProfile, w format.Writer) *line {
	points := k.TimeSeries.Points
	if len(points) < 2 {
		return nil
	}
	low, high := 0.0, 0.0
	for _, p := range points {
		low, high = min(low, p.Revenue), max(high, p.Revenue)
	}
	if high == low {
		high = low + 1
	}
	var out strings.Builder
	for i, p := range points {
		x := lineWidth * float64(i) / float64(len(points)-1)
		y := lineHeight - lineHeight*(p.Revenue-low)/(high-low)
		fmt.Fprintf(&out, "%.1f,%.1f ", x, y)
	}
	l := &line{Points: strings.TrimSpace(out.String()), From: points[0].Period, To: points[len(points)-1].Period, Most: w.Amount(high)}
	// A period that is not over is no fall: it is drawn hollow, and says how far it goes.
	parts := comparison.Parts(k, profile, k.TimeSeries)
	if p, ok := parts[len(points)-1]; ok && p.To != "" {
		l.Open = fmt.Sprintf("%.1f", lineHeight-lineHeight*(points[len(points)-1].Revenue-low)/(high-low))
		l.To = w.T("{{.Period}} (not over: to {{.Day}})", "Period", l.To, "Day", p.To)
	}
	if p, ok := parts[0]; ok && p.From != "" {
		l.From = w.T("{{.Period}} (from {{.Day}})", "Period", l.From, "Day", p.From)
	}
	return l
}

// barsMost bounds the bars of a group; further ones would make the page long and say little.
const barsMost = 12

func barsOf(shares []contract.Share, w format.Writer) []bar {
	most := 0.0
	for _, s := range shares {
		most = max(most, s.Revenue)
	}
	var out []bar
	for i, s := range shares {
		if i == barsMost {
			break
		}
		b := bar{Key: s.Key, Value: w.Amount(s.Revenue)}
		if most > 0 {
			b.Width = int(max(0, 100*s.Revenue/most) + 0.5)
		}
		out = append(out, b)
	}
	return out
}

func valueOf(v any, w format.Writer) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strings.TrimSuffix(w.Amount(v), w.T(".")+"00")
	}
	return fmt.Sprint(v)
}
