// Package soak tests that a run stays exactly one run (docs/run-protocol.md §2). It runs real processes, each a whole desktop
// without its window. They are killed, frozen and cut off, at named steps and at random. A stand-in for Fabric makes trouble
// and records what it was asked; that record decides. The tests run on Linux, where processes can be frozen.
package soak
