package faults

import (
	"net/http"
	"time"
)

// Capacity is the state of what the workspace's work runs on.
type Capacity string

// The states of a capacity.
const (
	Running Capacity = ""
	Paused  Capacity = "paused"
	Full    Capacity = "full"
)

// Tenant is how Microsoft's side is for the time being, for all requests for which no fault was ordered. The zero value is as it
// should be.
type Tenant struct {
	Capacity  Capacity
	PausedBy  string        // the error code with which a paused capacity answers; the general one, which says nothing, where empty
	Closed    bool          // the workspace's inbound policy does not let this network in
	NoOneLake bool          // the tenant does not let programs from outside use OneLake
	Viewer    bool          // the caller may look at items, and neither run nor change any
	Region    string        // https://host that Location headers name in the place of the API's; the API's where empty
	NoJobID   bool          // a start's answer bears no x-ms-job-id
	Wait      time.Duration // what answers ask clients to wait, in whole seconds; the usual where 0
	Latency   time.Duration // before each request is looked at
	Clock     time.Duration // how far Fabric's clock is ahead of this computer's

	NotebookStart time.Duration // until a notebook's session runs
	Hollow        bool          // notebooks succeed without doing anything, so that jobs complete without outputs
	Hanging       bool          // notebooks go on until they are cancelled
	KilledAfter   int           // notebooks are killed after they put so many files in place in current/; 0: they live

	ListLag  time.Duration // jobs appear in listings only this long after they were accepted
	FullDisk bool          // OneLake has no room for more bytes
}

// SetTenant changes how the tenant is.
func (s *Set) SetTenant(t Tenant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tenant = t
}

// Tenant is how the tenant is.
func (s *Set) Tenant() Tenant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tenant
}

// lake and work are the classes of OneLake, and of what uses the capacity.
var (
	lake = map[Class]bool{LakeList: true, LakeRead: true, LakeWrite: true}
	work = map[Class]bool{Start: true, Get: true, List: true, Cancel: true, ActivityRuns: true, Definition: true, Items: true, Change: true, Operations: true}
)

// fault is what the tenant's state does to a request of a class (docs/fabric.md §3.5).
func (t Tenant) fault(class Class) Fault {
	switch {
	case class == Token:
	case t.Closed:
		return Fault{Status: http.StatusForbidden, Code: "RequestDeniedByInboundPolicy", Message: "Request is denied due to inbound communication policy", Final: true}
	case t.NoOneLake && lake[class]:
		return Fault{Status: http.StatusForbidden, Code: "Forbidden", Message: "Access to OneLake from applications external to Fabric is disabled for this tenant"}
	case t.Capacity == Paused && lake[class]:
		return Fault{Status: http.StatusForbidden, Code: "CapacityNotActive", Message: "The capacity is not active"}
	case t.Capacity == Paused && work[class]:
		return Fault{Status: http.StatusInternalServerError, Code: t.PausedBy, Final: true}
	case t.Capacity == Full && class == Start:
		return Fault{Status: 430, RetryAfter: "20"}
	case t.Viewer && (class == Start || class == Cancel || class == Definition || class == Change):
		return Fault{Status: http.StatusForbidden, Final: true}
	}
	return Fault{}
}
