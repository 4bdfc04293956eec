package runs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/pipelines"
)

// Action says what a reconcile pass did.
type Action string

// The actions.
const (
	Nothing   Action = ""          // there was nothing to do
	Waited    Action = "waited"    // the time for it has not come, or another desktop is at it
	Polled    Action = "polled"    // Fabric was asked about the run; its state is as it was
	Moved     Action = "moved"     // the run moved up
	Ended     Action = "ended"     // the run ended and the lock was released
	Adopted   Action = "adopted"   // a job was found for a run in doubt
	Abandoned Action = "abandoned" // a run without a job was closed
	Released  Action = "released"  // the lock of a run that had ended was released
	Undecided Action = "undecided" // a person must decide
	Filled    Action = "filled"    // results of an older run were added
)

// Outcome is what one pass saw and did.
type Outcome struct {
	Run         uuid.UUID // the run that holds the lock, or held it before the pass; zero when it is free
	Status      Status    // of that run after the pass; "" where there is none
	InputFile   string    // of that run
	Why         string    // why it failed, where it ended so
	Action      Action
	Changed     bool      // the database was changed, so that screens should read again
	AskedFabric bool      // this desktop was the one to ask Fabric
	FabricErr   error     // how Fabric answered, where it was asked
	Strays      []Outcome // runs that do not hold the lock, and moved up or ended
	Unfinished  bool      // the time for a look was over before it was done

	again time.Duration // Fabric may be asked after it, where it was asked too short a time ago
}

// Held tells whether the lock was held after the pass.
func (o Outcome) Held() bool {
	return o.Run != uuid.Nil && o.Action != Ended && o.Action != Abandoned && o.Action != Released
}

// Sentence says to a person what the pass found; "" for nothing that a person would want to hear of.
func (o Outcome) Sentence() string {
	said := o.sentence("; the lock is free")
	for _, s := range o.Strays {
		said = format.Sentences(said, s.sentence(""))
	}
	return said
}

// sentence goes on with free where the lock was released.
func (o Outcome) sentence(free string) string {
	run := "Run " + ShortID(o.Run)
	if o.InputFile != "" {
		run += " (" + Clean(o.InputFile, MaxName) + ")"
	}
	why := ""
	if o.Why != "" {
		why = ": " + Clean(o.Why, MaxError)
	}
	switch {
	case o.FabricErr != nil:
		return fmt.Sprintf("%s: %s; what is shown may be older.", run, fabricSaid(o.FabricErr))
	case o.Action == Ended && o.Status == Succeeded:
		return run + " has succeeded" + free + "."
	case o.Action == Ended, o.Action == Abandoned:
		return format.Sentence(fmt.Errorf("%s has failed%s%s", run, free, why))
	case o.Action == Released:
		return fmt.Sprintf("%s had ended as %s and still held the lock, which is free now.", run, o.Status)
	case o.Action == Adopted:
		return run + ": its job was found in Fabric."
	case o.Action == Moved && o.Status == Running:
		return run + " is running in Fabric."
	case o.Action == Moved:
		return run + " is in Fabric's queue."
	case o.Action == Undecided:
		return fmt.Sprintf("%s needs a person: “examine %s” says what can be decided.", run, o.Run)
	case o.Action == Filled:
		return "Results that could not be read at the end of a run were added to it."
	}
	return ""
}

// fabricSaid tells an answer that is no state of a job from none.
func fabricSaid(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "Fabric did not say in time how it stands"
	}
	if pipelines.MeaningOf(err) == pipelines.Lost {
		return "Fabric could not be reached to ask how it stands (" + Clean(err.Error(), MaxError) + ")"
	}
	return "Fabric was asked how it stands and answers: " + Clean(err.Error(), MaxError)
}
