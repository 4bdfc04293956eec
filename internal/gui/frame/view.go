// Package frame is the header and the footer around every screen. The header shows the lock, and whether database, Fabric
// and files answer.
package frame

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// Lock is the state of the lock in form and words.
type Lock struct {
	State controls.State
	Words string
}

// LockOf words the lock for the chip; restore tells whether the active run is a restore. Times of the lock are by the database's clock, so spans are taken on it.
func LockOf(f feeds.Frame, restore bool) Lock {
	switch {
	case f.Unset:
		return Lock{controls.StateNeutral, words.T("Not connected yet")}
	case f.Database.Known && !f.Database.OK: // what was true a while ago is not claimed any more
		return Lock{controls.StateNeutral, words.T("Not known: the database does not answer")}
	case !f.LockKnown, f.Database.Slow: // a frozen database says nothing at all
		return Lock{controls.StateNeutral, words.T("Asking the database")}
	case !f.Lock.Held():
		return Lock{controls.StateGood, words.T("Free to run")}
	}
	who, lasts := f.Lock.LockedBy.Name(), words.Coarse(lasting(f))
	switch f.Phase.Kind {
	case runs.PhaseNeedsYou:
		return Lock{controls.StateNeeds, words.T("Needs you: run by {{.Who}}", "Who", who)}
	case runs.PhaseChecking:
		return Lock{controls.StateAsking, words.T("Checking with Fabric: run by {{.Who}}", "Who", who)}
	case runs.PhaseFree, runs.PhaseRunning:
	case runs.PhaseStarting:
		return Lock{controls.StateBusy, words.T("Starting: {{.Who}}", "Who", who)}
	}
	if f.Active != nil && f.Active.Status == runs.Queued {
		return Lock{controls.StateBusy, words.T("In Fabric's queue: {{.Who}}, {{.For}}", "Who", who, "For", lasts)}
	}
	if restore {
		return Lock{controls.StateBusy, words.T("Restoring: {{.Who}}, {{.For}}", "Who", who, "For", lasts)}
	}
	if e := f.Expected; e != nil && e.LeftTo > 0 {
		return Lock{controls.StateBusy, words.T("Running: {{.Who}}, {{.For}}, about {{.Left}} left", "Who", who,
			"For", lasts, "Left", words.Span(e.LeftFrom, e.LeftTo))}
	}
	return Lock{controls.StateBusy, words.T("Running: {{.Who}}, {{.For}}", "Who", who, "For", lasts)}
}

// lasting is how long the active run has lasted, counted as Monitor counts it; of a run that is not known yet, since it took the lock.
func lasting(f feeds.Frame) time.Duration {
	if f.Active != nil {
		return f.Active.Elapsed(f.Lock.AsOf)
	}
	return f.Lock.AsOf.Sub(f.Lock.LockedAt)
}

// Fact is a line of a card: what, and its value.
type Fact struct{ Name, Value string }

// LockFacts is what the card behind the chip says; restore tells whether the active run is a restore.
func LockFacts(f feeds.Frame, restore bool, now time.Time) (title, sentence string, facts []Fact) {
	switch {
	case f.Unset:
		return words.T("Not connected yet"), words.T("Files of this PC can be looked at. Runs, results and the archive need a connection."), nil
	case f.Database.Known && !f.Database.OK:
		return words.T("It is not known whether a run is active"), f.Database.Sentence, nil
	case !f.LockKnown, f.Database.Slow:
		return words.T("It is not known whether a run is active"), words.T("Asking the database whether a run is active."), nil
	case !f.Lock.Held():
		return words.T("Free to run"), words.T("No run is active. Choose a file on Import and press Run pipeline."), nil
	}
	title = words.T("A run is active")
	if restore {
		title = words.T("A restore is active")
	}
	switch f.Phase.Kind {
	case runs.PhaseChecking:
		title = words.T("Fabric is being asked about a run")
	case runs.PhaseNeedsYou:
		title = words.T("A run needs a person to decide")
	case runs.PhaseFree, runs.PhaseStarting, runs.PhaseRunning:
	}
	o := f.Lock.LockedBy
	facts = append(facts, Fact{words.T("Who"), o.User})
	if o.Host != "" {
		facts = append(facts, Fact{words.T("Computer"), o.Host})
	}
	facts = append(facts, Fact{words.T("Since"), words.When(f.Lock.LockedAt, now)})
	if f.Active != nil {
		facts = append(facts, Fact{words.T("File"), f.Active.InputFile})
	}
	if f.Active != nil && f.Active.JobID != "" {
		facts = append(facts, Fact{words.T("Fabric last asked"), words.When(f.Active.StatusUpdatedAt, now)})
	}
	if e := f.Expected; e != nil && e.LeftTo > 0 {
		facts = append(facts, Fact{words.T("Free in about"), words.T("{{.From}} to {{.To}}", "Left", words.Span(e.LeftFrom, e.LeftTo))})
	}
	if f.Phase.Kind == runs.PhaseChecking && !f.Phase.Until.IsZero() {
		facts = append(facts, Fact{words.T("Free at the latest"), words.When(f.Phase.Until, now)})
	}
	sentence = f.Phase.Say(words.Writer())
	if restore && f.Phase.Kind == runs.PhaseRunning {
		sentence = words.T("An earlier run's results are being published again. No other run can start before that has ended.")
	}
	return title, sentence, facts
}

// LockDetails are the ids that the card has behind a button.
func LockDetails(f feeds.Frame) []Fact {
	if !f.Lock.Held() {
		return nil
	}
	details := []Fact{{words.T("Run"), f.Lock.RunID.String()}}
	if f.Active != nil && f.Active.JobID != "" {
		details = append(details, Fact{words.T("Job in Fabric"), f.Active.JobID})
	}
	return details
}

// Busy tells whether a new run can't be started now, and why, in one sentence.
func Busy(f feeds.Frame, now time.Time) (bool, string) { return BusyWith(f, false, now) }

// BusyWith is Busy that tells a restore from a run.
func BusyWith(f feeds.Frame, restore bool, now time.Time) (bool, string) {
	switch {
	case f.Unset:
		return true, words.T("The pipeline can be run once a connection to Fabric is set up.")
	case f.Database.Known && !f.Database.OK:
		return true, format.Sentences(words.T("A run can't be started."), f.Database.Sentence)
	case !f.LockKnown, f.Database.Slow:
		return true, words.T("Asking the database whether a run is active.")
	case !f.Lock.Held():
		return false, ""
	}
	what := words.T("the pipeline")
	if f.Active != nil && f.Active.InputFile != "" {
		what = f.Active.InputFile
	}
	who, since := f.Lock.LockedBy.Name(), words.Clock(f.Lock.LockedAt, now)
	switch f.Phase.Kind {
	case runs.PhaseChecking, runs.PhaseNeedsYou:
		return true, words.T("{{.Who}} started a run of {{.What}} at {{.Since}}. {{.Phase}}", "Who", who, "What", what, "Since", since, "Phase", f.Phase.Say(words.Writer()))
	default:
		if restore {
			return true, words.T("{{.Who}} has been restoring {{.What}} since {{.Since}}. A new run can start when that has ended.", "Who", who, "What", what, "Since", since)
		}
		return true, words.T("{{.Who}} has been running {{.What}} since {{.Since}}. A new run can start when it has ended.", "Who", who, "What", what, "Since", since)
	}
}

// Reach is one of the outside parts in form and words.
type Reach struct {
	Name  string
	State controls.State
	Words string
}

// ReachOf words how a part can be reached.
func ReachOf(name string, r feeds.Reach) Reach {
	switch {
	case !r.Known:
		return Reach{name, controls.StateNeutral, name}
	case r.OK:
		return Reach{name, controls.StateGood, name}
	}
	if r.SignIn {
		return Reach{name, controls.StateWarn, words.T("{{.Name}}: sign in", "Name", name)}
	}
	if r.Secret {
		return Reach{name, controls.StateWarn, words.T("{{.Name}}: secret refused", "Name", name)}
	}
	if r.Answered {
		return Reach{name, controls.StateWarn, words.T("{{.Name}}: an error", "Name", name)}
	}
	return Reach{name, controls.StateWarn, words.T("{{.Name}}: no answer", "Name", name)}
}

// ReachCard is what the card behind a part says.
func ReachCard(name string, r feeds.Reach, now time.Time) (title, sentence string) {
	switch {
	case !r.Known:
		return words.T("{{.Name}} has not been asked yet", "Name", name), words.T("It is asked when it is needed.")
	case r.OK:
		return words.T("{{.Name}} answers", "Name", name), words.T("Since {{.Since}}.", "Since", words.When(r.Since, now))
	}
	if r.Answered {
		return words.T("{{.Name}} has answered with an error since {{.Since}}", "Name", name, "Since", words.When(r.Since, now)), r.Sentence
	}
	return words.T("{{.Name}} has not answered since {{.Since}}", "Name", name, "Since", words.When(r.Since, now)), r.Sentence
}

// AboutDatabase is what is worth knowing of the database besides whether it answers: what is amiss with its tables, with
// this user's rights or with the clock, and how the changes of other desktops are seen.
func AboutDatabase(f feeds.Frame) []string {
	var about []string
	for _, n := range f.Notices {
		about = append(about, words.Writer().Sentence(n))
	}
	switch {
	case f.Push.OK:
		about = append(about, words.T("Changes by other desktops are shown at once."))
	case f.Push.Sentence != "":
		about = append(about, f.Push.Sentence)
	}
	if off := f.Skew.Abs(); off >= 2*time.Second {
		said := words.T("This PC's clock is {{.Off}} ahead of the database's.", "Off", words.Duration(off))
		if f.Skew < 0 {
			said = words.T("This PC's clock is {{.Off}} behind the database's.", "Off", words.Duration(off))
		}
		about = append(about, said)
	}
	return about
}

// trialWords tell connections for trying out from those that count.
var trialWords = []string{"test", "sandbox", "demo", "dev", "trial", "training", "staging", "uat", "local", "probe"}

// Connection is the configuration that a window works with.
type Connection struct {
	Name   string // such as Production
	Colour string // red, amber, green, blue, purple or neutral; "": by the name
}

var connectionColors = map[string]fyne.ThemeColorName{
	"red": style.Red, "amber": style.Amber, "green": style.Green, "blue": style.Blue, "purple": style.Purple, "neutral": style.Grey,
}

// Color is the colour of the name and of the line under the header. A name that does not say it is for trying out is
// taken for one that counts.
func (p Connection) Color() fyne.ThemeColorName {
	if c, ok := connectionColors[p.Colour]; ok {
		return c
	}
	low := strings.ToLower(p.Name)
	for _, w := range trialWords {
		if strings.Contains(low, w) {
			return style.Green
		}
	}
	return style.Red
}

// stale is how old the last answer may be before the footer names the second.
const stale = 45 * time.Second

// AsOf says of when what is shown is. While answers come it changes once a minute.
func AsOf(f feeds.Frame, now time.Time) string {
	switch {
	case f.Unset:
		return words.T("not connected")
	case f.AsOf.IsZero():
		return words.T("nothing read yet")
	case now.Sub(f.AsOf) > stale || f.Database.Slow || f.Database.Known && !f.Database.OK:
		return words.T("as of {{.Time}}", "Time", words.ClockSeconds(f.AsOf, now))
	}
	return words.T("as of {{.Time}}", "Time", words.Clock(f.AsOf, now))
}
