package runs

import (
	"slices"
	"time"

	"fabricportal/internal/format"
)

// PhaseKind says what the holder of the lock is doing, as the screens word it (docs/run-protocol.md §9).
type PhaseKind int

// The phases of the lock.
const (
	PhaseFree     PhaseKind = iota // no run is active
	PhaseStarting                  // submitted, not yet sent to Fabric
	PhaseRunning                   // Fabric has the job: queued or running
	PhaseChecking                  // the start request left but its answer is unknown; Fabric is being asked
	PhaseNeedsYou                  // the evidence does not decide: a person must
)

// Phase is the derived state of the lock.
type Phase struct {
	Kind     PhaseKind
	Sentence string       // for the user: what is going on and what happens next
	Said     *format.Said // the same, for other languages; nil where there is only that
	Until    time.Time    // for PhaseChecking: when the lock frees itself at the latest; database clock, UTC
}

func phase(kind PhaseKind, until time.Time, said *format.Said) Phase {
	return Phase{Kind: kind, Until: until, Sentence: said.Error(), Said: said}
}

// Say is the sentence in a language, as far as it can be said in it.
func (p Phase) Say(w format.Writer) string {
	if p.Said == nil {
		return p.Sentence
	}
	return p.Said.Say(w)
}

// PhaseOf derives what the run that holds the lock is doing, from its row and its events (oldest first). now is the
// database's clock when they were read.
func (t Timing) PhaseOf(run Run, events []Event, now time.Time) Phase {
	t = t.withDefaults()
	_, intent, sent := lastNote(events, evIntent)
	switch {
	case run.Status.Terminal():
		return phase(PhaseFree, time.Time{}, format.Say("The run has ended; the lock is being released."))
	case run.JobID != "":
		return t.withJob(run, events, now)
	case !sent:
		until := run.CreatedAt.Add(t.Orphan)
		return phase(PhaseStarting, until, format.Say("The run is about to be sent to Fabric; if its computer stops before, the lock frees itself."))
	case now.Sub(intent.Time) < t.Send+t.Settle:
		return phase(PhaseStarting, intent.Time.Add(t.NoJob), format.Say("The start request is on its way to Fabric."))
	}
	until := intent.Time.Add(t.NoJob)
	if left := undecided(events, intent.Time); left > 1 {
		return phase(PhaseNeedsYou, time.Time{}, format.Say(
			"Fabric's answer was lost, and {{.Jobs}} jobs in Fabric could be this run's: look at them in Fabric, then adopt the right one or dismiss the others.", "Jobs", left))
	}
	sentence := format.Say("The run's computer lost contact after sending the start request; Fabric is being asked whether a job exists.")
	if n, _, ok := lastNote(events, evLost, evAnswered); ok {
		sentence = format.Say("Fabric's answer to the start request was lost; Fabric is being asked whether a job exists.")
		if n.Ev == evAnswered {
			sentence = format.Say("Fabric answered the start request without naming a job; it is being asked whether one exists.")
		}
	}
	if !now.Before(until) {
		sentence = format.Say("{{.Sentence}} The lock frees itself as soon as Fabric answers.", "Sentence", sentence)
	}
	return phase(PhaseChecking, until, sentence)
}

// undecided is the number of jobs between which nothing could tell, less those that a person dismissed since.
func undecided(events []Event, since time.Time) int {
	n, e, ok := lastNote(events, evCandidates)
	if !ok || !e.Time.After(since) {
		return 0
	}
	left := len(n.Jobs)
	for _, e := range events {
		if d, ok := readNote(e.Message); ok && d.Ev == evDismissed {
			for _, id := range d.Jobs {
				if slices.Contains(n.Jobs, id) {
					left--
				}
			}
		}
	}
	return left
}

func (t Timing) withJob(run Run, events []Event, now time.Time) Phase {
	n, e, ok := lastNote(events, evJobUnknown, evJobKnown)
	hollow, _, without := lastNote(events, evNoOutputs, evUnsure)
	switch {
	case without && hollow.Ev == evUnsure:
		return phase(PhaseNeedsYou, time.Time{}, format.Say("Fabric has completed the run's job, but its outputs are not in this lakehouse: look at the job in Fabric, then close the run."))
	case without:
		return phase(PhaseRunning, time.Time{}, format.Say("Fabric has completed the run's job, but its outputs are not there; they are looked for again before the run counts as failed."))
	case ok && n.Ev == evJobUnknown && now.Sub(e.Time) >= t.Unknown:
		return phase(PhaseNeedsYou, time.Time{}, format.Say("Fabric has not known the run's job for some time: look for it in Fabric's monitoring hub, then close the run."))
	case ok && n.Ev == evJobUnknown:
		return phase(PhaseRunning, time.Time{}, format.Say("Fabric does not know the run's job at the moment; it is asked again."))
	case run.Status == Running:
		return phase(PhaseRunning, time.Time{}, format.Say("Fabric is running it."))
	}
	return phase(PhaseRunning, time.Time{}, format.Say("Fabric has it in its queue."))
}

// Phase is PhaseOf with this service's times.
func (r *Runs) Phase(run Run, events []Event, now time.Time) Phase {
	if _, _, sent := lastNote(events, evIntent); (sent || run.JobID != "") && !r.Follows(run) {
		return r.timing.foreignPhase(run, now)
	}
	if run.JobID != "" && !isJob(run.JobID) && !run.Status.Terminal() {
		return phase(PhaseNeedsYou, time.Time{}, format.Say(
			"The run's job id, “{{.Job}}”, is none of Fabric's: look for the job in Fabric's monitoring hub, then close the run.", "Job", run.JobID))
	}
	return r.timing.PhaseOf(run, events, now)
}
