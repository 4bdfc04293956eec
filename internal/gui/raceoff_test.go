//go:build !race

package gui

// raced says that the race detector is in this build.
const raced = false
