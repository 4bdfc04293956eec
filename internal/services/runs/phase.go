package runs

import "time"

// PhaseKind says what the holder of the lock is doing, as the screens word it (run-protocol §3.10).
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
	Sentence string    // for the user: what is going on and what happens next
	Until    time.Time // for PhaseChecking: when the lock frees itself at the latest; database clock, UTC
}
