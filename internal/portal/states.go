package portal

import (
	"errors"

	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// RunState is a run with what is known around it.
type RunState struct {
	Run    runs.Run
	Events []runs.Event // oldest first
	Lock   locking.Card
	Phase  runs.Phase
}

// ErrNoRun says that no run has been recorded yet.
var ErrNoRun = errors.New("no run has been recorded yet: start one with “run INPUT_FILE”")

// Check is one line of doctor.
type Check struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Message string `json:"message"`
	Action  string `json:"action,omitempty"`
}
