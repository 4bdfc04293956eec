//go:build !linux

package dataset

import "testing"

// limitMemory does nothing: there is no limit that a process can set for itself.
func limitMemory(*testing.F) {}
