package importscreen

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/lead"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/verdict"
)

// mostNamed is how many findings the overview names; the others are one click away.
const mostNamed = 3

// overview is the verdict on a file: may it be run, what is wrong with it, and what will come out of it.
type overview struct {
	content  fyne.CanvasObject
	scroll   *controls.Scroll
	sentence func(error) string // what a user reads of an error
	leads    leads

	mark    *controls.Mark
	answer  *controls.Text
	why     *controls.Text
	area    *controls.Area
	onward  *controls.Button // from the sample to a file of the user's own
	wrong   *fyne.Container  // what is wrong, with its title
	worst   *fyne.Container
	more    *controls.Button
	coming  *kpiview.Coming
	before  *fyne.Container // what was done with this very content before
	details *frame.Details
}

// leads are the ways out of the overview.
type leads struct {
	cells func(verdict.Key)                    // shows the cells of a finding
	mend  func(way verdict.Way, option string) // goes to where a finding can be mended
	all   func()                               // goes to the list of all findings
	own   func()                               // lets the user choose a file of their own
}

func newOverview(sentence func(error) string, copied func(lettering.Copied), to leads) *overview {
	o := &overview{sentence: sentence, leads: to, coming: kpiview.NewComing()}
	o.mark, o.answer, o.why = controls.NewMark("", style.Muted), controls.NewHeading("").Fitted(controls.Wrap), controls.NewText("").Fitted(controls.Wrap)
	o.onward = controls.NewPrimary("import.sample.onward", lead.OpenFile.Words(), to.own)
	o.onward.Hide()
	said := controls.Border(nil, nil, controls.Pad(3, 0, 0, 10, o.mark), controls.Pad(0, 0, 12, 0, container.NewCenter(o.onward)), controls.Column(style.Tight, o.answer, o.why))
	var box *fyne.Container
	box, o.area = controls.Rounded(style.NeutralBk, 12, said)
	o.worst, o.more = controls.Column(style.Small), controls.NewQuiet("import.findings", "", to.all)
	o.wrong = controls.Column(style.Tight, controls.Line(style.Small, part(words.T("What is wrong")), controls.Fill(), o.more), o.worst)
	o.before = container.NewStack()
	o.details = frame.NewDetails("import.details", copied, func() {
		o.scroll.Refresh()
		o.scroll.BringIntoSight(o.details.Container)
	})
	o.scroll = controls.NewVScroll("import.overview.scroll", controls.Pad(0, style.Small, 0, 10, controls.Column(style.Medium, box, o.wrong,
		controls.Column(style.Small, part(words.T("What will come out")), o.coming.Container), o.before, o.details.Container)))
	o.content = o.scroll
	return o
}

// part is the title of a part.
func part(title string) *controls.Text { return controls.NewCaption(title).Bold() }

// show draws what was found in a file. The sample has no verdict: it is never run, whatever is found in it.
func (o *overview) show(a *shell.Analysis, sample bool, now time.Time) {
	found := verdict.Of(&a.Result)
	answer := found.Answer()
	state := stateOf(found)
	title, sentence := answer.InOneWord(words.Writer()), lettering.Sentence(found.Sentence(words.Writer(), a.Profile, o.sentence))
	if sample {
		state = controls.StateNeutral
		title, sentence = sampleWords()
	}
	if undecided(a) { // the question stands above, with its answers
		found, sentence = found.Without("reading_decided"), ""
	}
	controls.Toggle(o.onward, sample)
	controls.Toggle(o.why, sentence != "")
	o.mark.Set(state.Shape, state.Color)
	o.area.Set(state.Back)
	o.answer.Set(title)
	o.why.Set(sentence)
	top, all := found.Top(mostNamed)
	o.worst.RemoveAll()
	for i, f := range top {
		o.worst.Add(o.finding(i, f, a))
	}
	controls.Toggle(o.wrong, all > 0)
	if all > 0 {
		o.more.SetText(words.N(int64(all), "See it on Checks", "See all {{.N}} on Checks"))
	}
	o.showComing(a, answer)
	done := before(a, now)
	o.before.Objects = []fyne.CanvasObject{frame.Facts(done)}
	o.before.Refresh()
	controls.Toggle(o.before, len(done) > 0)
	o.details.Set(Facts(a.Profile, now))
	o.scroll.ScrollToTop()
}

func stateOf(found verdict.Findings) controls.State {
	switch a := found.Answer(); {
	case a == verdict.Yes:
		return controls.StateDone
	case a == verdict.No, found.Count(verdict.Broken) > 0 && a == verdict.YesBut:
		return controls.StateBad
	}
	return controls.StateWarn
}

// finding is one thing that is wrong, what it costs, and the ways to its cells and to mending it.
func (o *overview) finding(i int, f verdict.Finding, a *shell.Analysis) fyne.CanvasObject {
	row := rowOf(f, a, o.sentence)
	said := controls.Column(2, controls.NewText(row.message).Fitted(controls.Wrap))
	if row.where != "" {
		said.Add(controls.NewCaption(row.where).Fitted(controls.Cut))
	}
	ways := waysOf(row, strconv.Itoa(i), o.leads)
	return controls.Border(nil, nil, controls.Pad(3, 0, 12, 10, controls.NewMark(row.state.Shape, row.state.Color)), ways, controls.Centred(said))
}

// waysOf are the buttons that lead from a finding to its cells, and to where it can be mended.
func waysOf(row checkRow, at string, to leads) *fyne.Container {
	ways := controls.Line(style.Tight)
	if row.cells && to.cells != nil {
		ways.Add(controls.NewQuiet("import.cells."+at, words.T("Show the cells"), func() { to.cells(row.key) }))
	}
	mend := func() { to.mend(row.way, row.option) }
	switch row.way {
	case verdict.ByReading:
		ways.Add(controls.NewQuiet("import.mend."+at, words.T("Mend it"), mend))
	case verdict.ByRules:
		ways.Add(controls.NewQuiet("import.mend."+at, words.T("Change the rules"), mend))
	case verdict.NoWay:
	}
	return ways
}

// foundBar is the finding that is chosen on Checks, with the ways that lead on from it.
type foundBar struct {
	content *fyne.Container
	leads   leads
}

func newFoundBar(to leads) *foundBar {
	b := &foundBar{content: container.NewStack(), leads: to}
	b.content.Hide()
	return b
}

// show shows the ways of a finding; nothing for one that has none.
func (b *foundBar) show(row checkRow) {
	if row.way == verdict.ByRules { // they are chosen above
		row.way = verdict.NoWay
	}
	ways := waysOf(row, "chosen", b.leads)
	b.content.Objects = []fyne.CanvasObject{controls.Column(style.Tight, controls.Rule(),
		controls.Border(nil, nil, nil, ways, controls.NewText(row.message).Fitted(controls.Cut)))}
	controls.Toggle(b.content, len(ways.Objects) > 0)
	b.content.Refresh()
}

func (o *overview) showComing(a *shell.Analysis, answer verdict.Answer) {
	why := ""
	switch {
	case answer == verdict.No:
		why = words.T("Nothing: a run of this file would fail. What is published stays.")
	case answer == verdict.Undecided:
		why = words.T("That depends on the answer to the question above.")
	case a.KPIs != nil:
	case a.KPIError != nil:
		why = words.T("This file gives no KPIs: {{.Why}}", "Why", o.sentence(a.KPIError))
	default:
		why = words.T("This file gives no KPIs.")
	}
	if why != "" {
		o.coming.Set(nil, why)
		return
	}
	o.coming.Set(a.KPIs, "")
}
