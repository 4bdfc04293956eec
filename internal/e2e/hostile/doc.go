// Package hostile holds the tests that point every subcommand of the built program at a hostile outside world
// (internal/sandbox/hostile), and look at how each ends, what it prints, what it leaves on the disk and what memory it took.
package hostile
