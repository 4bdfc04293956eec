// Package lead says what an empty screen is for: one sentence and one button, for each state that a portal can be in.
package lead

import (
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
)

// Amount is what is known of something that there may be any number of.
type Amount int

// The amounts.
const (
	Asking Amount = iota // no answer yet
	Silent               // whoever has to be asked does not answer, and never did
	None
	Some
)

// Portal is what a portal has, as far as is known.
type Portal struct {
	Unset       bool // no connection is set up
	Files, Runs Amount
	Busy        bool // a run is active
}

// Of takes what a portal has from its snapshots.
func Of(f feeds.Frame, i feeds.Import, m feeds.Monitor) Portal {
	return Portal{Unset: f.Unset, Busy: f.Lock.Held(), Files: amount(i.Loaded, len(i.Files) > 0, i.Sentence), Runs: amount(m.Loaded || m.Run != nil, m.Run != nil, m.Sentence)}
}

func amount(known, some bool, sentence string) Amount {
	switch {
	case known && some:
		return Some
	case known:
		return None
	case sentence != "":
		return Silent
	}
	return Asking
}

// Step is what the button does.
type Step int

// The steps.
const (
	Wait     Step = iota // there is nothing to do, and no button
	Sample               // opens made-up data
	OpenFile             // opens a file of this computer
	SetUp                // sets up a connection
	GoImport             // brings Import into sight
	Watch                // brings Monitor into sight
	Again                // asks again
)

// Words are what stands on the button.
func (s Step) Words() string {
	switch s {
	case Sample:
		return words.T("Try with sample data")
	case OpenFile:
		return words.T("Open a file…")
	case SetUp:
		return words.T("Set up the connection…")
	case GoImport:
		return words.T("Go to Import")
	case Watch:
		return words.T("Watch the run")
	case Again:
		return words.T("Try again")
	case Wait:
	}
	return ""
}

// Lead is what an empty screen says.
type Lead struct {
	Title, Sentence string
	Step            Step
}

// Import is for the place of the chosen file, while there is none.
func Import(p Portal) Lead {
	switch {
	case p.Unset:
		return Lead{words.T("Look into a file, without any account"), words.T("Checks, figures and cleaning work on this computer: try them with data made up for it, or drop a file of your own."), Sample}
	case p.Files == None:
		return Lead{words.T("The first file"), words.T("The lakehouse has no file yet: look at one of this PC here, then upload it."), OpenFile}
	case p.Files == Silent:
		return Lead{words.T("The lakehouse can't be reached"), words.T("A file of this PC can be looked at all the same."), OpenFile}
	case p.Files == Some:
		return Lead{words.T("Look before you run"), words.T("Choose a file on the left, or drop one on the window: you see its columns, checks and KPIs before anything is sent."), OpenFile}
	}
	return Lead{words.T("Look before you run"), words.T("The lakehouse is being asked for its files: one of this PC can be looked at meanwhile."), OpenFile}
}

// Files is the title of the empty list of files in the lakehouse; what helps is said beside it.
func Files(p Portal) string {
	switch {
	case p.Unset:
		return words.T("Not connected yet")
	case p.Files == None:
		return words.T("No files yet")
	case p.Files == Silent:
		return words.T("No answer")
	}
	return words.T("Reading the files")
}

// Monitor is for the place of the run, while there has been none; said is why the runs can't be read.
func Monitor(p Portal, said string) Lead {
	if l, ok := unable(p, p.Runs, said, words.T("A run is followed here, step by step: set up the connection to Fabric first.")); ok {
		return l
	}
	return first(p, words.T("No run yet"), Lead{words.T("No run yet"), words.T("A run is active and appears here in a moment."), Wait})
}

// Results is for the place of the figures. r is what is known of them: none were published.
func Results(p Portal, r feeds.Results) Lead {
	known := amount(r.Empty || r.Updating, false, r.Sentence)
	if l, ok := unable(p, known, r.Sentence, words.T("The figures of the last successful run are shown here: set up the connection to Fabric first.")); ok {
		switch {
		case p.Unset:
		case known == Silent:
			l.Title = words.T("The results can't be read")
		default:
			l = Lead{words.T("Reading the results"), words.T("The lakehouse is being asked."), Wait}
		}
		return l
	}
	if r.Updating {
		return Lead{words.T("New results are being published"), words.T("They appear here as soon as they are whole: if they do not, publish an earlier run again in the Archive or start a new one."), Again}
	}
	if p.Runs == Some && !p.Busy {
		return Lead{words.T("Nothing has been published yet"), words.T("No run has succeeded so far: the last one says why."), Watch}
	}
	return first(p, words.T("Nothing has been published yet"), Lead{words.T("Nothing has been published yet"), words.T("A run is active: its figures appear here when it has succeeded."), Watch})
}

// Archive is for the place of the list of runs, while there is none.
func Archive(p Portal, a feeds.Archive) Lead {
	known := amount(a.Loaded, len(a.Runs) > 0, a.Sentence)
	if l, ok := unable(p, known, a.Sentence, words.T("Each run is kept here with its figures and files: set up the connection to Fabric first.")); ok {
		return l
	}
	return first(p, words.T("No run yet"), Lead{words.T("No run yet"), words.T("A run is active: it is listed here in a moment."), Watch})
}

// unable is what is said while nothing can be known.
func unable(p Portal, known Amount, said, unset string) (Lead, bool) {
	switch {
	case p.Unset:
		return Lead{words.T("Not connected yet"), unset, SetUp}, true
	case known == Silent:
		return Lead{words.T("The runs can't be read"), said, Again}, true
	case known == Asking:
		return Lead{words.T("Reading the runs"), words.T("The database is being asked."), Wait}, true
	}
	return Lead{}, false
}

// first leads to the first run.
func first(p Portal, title string, active Lead) Lead {
	switch {
	case p.Busy:
		return active
	case p.Files == None:
		return Lead{title, words.T("A run needs a file in the lakehouse: open one on Import and upload it."), GoImport}
	case p.Files == Silent:
		return Lead{title, words.T("A run needs the lakehouse, which does not answer: look at a file of this PC meanwhile."), GoImport}
	}
	return Lead{title, words.T("Choose a file on Import and run the pipeline on it."), GoImport}
}
