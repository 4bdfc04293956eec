package runs

import "strings"

// cancelledInFabric begins the message of each run that Fabric cancelled (finish.go).
const cancelledInFabric = "cancelled in Fabric"

// Cancelled tells whether a run ended because somebody cancelled it: it is kept as failed, but nothing went wrong.
func (r Run) Cancelled() bool {
	return r.Status == Failed && strings.HasPrefix(r.ErrorMessage, cancelledInFabric)
}

// AskedToCancel tells whether Fabric has been asked to cancel the run that events are of, in any order.
func AskedToCancel(events []Event) bool {
	_, _, asked := lastNote(events, evCancel)
	return asked
}
