// Package soak is the proof that a run stays exactly one run (docs/run-protocol.md §2): real processes, each a whole desktop
// without its window, that are killed, frozen and cut off at named steps and at random, against a hostile stand-in for
// Fabric whose own book decides afterwards. Its tests run on Linux, where processes can be frozen.
package soak
