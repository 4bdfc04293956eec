// Package buildinfo says which build of the program this is: its version, and the commit that it was built from.
package buildinfo

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// Version is the release that this source is, or is on its way to. FyneApp.toml and CHANGELOG.md name the same one, which
// a test checks.
const Version = "0.2.0"

// The commit, with .modified behind it where there were changes that were not committed, and its date (YYYY-MM-DD), as the
// linker sets them (Makefile). Without them those count that the Go toolchain stamps: it does in a plain Git checkout, but
// not in a linked worktree and not for "go run".
var commit, date string

// Info is one build.
type Info struct {
	Version  string // such as 0.2.0
	Commit   string // in hexadecimal, whole; "" where not known
	Modified bool   // there were changes that were not committed
	Date     string // of the commit, UTC, YYYY-MM-DD; "" where not known
	Go       string // the toolchain, such as go1.26.8
	Platform string // such as linux/amd64
}

// Read is this program's.
func Read() Info {
	var settings []debug.BuildSetting
	if found, ok := debug.ReadBuildInfo(); ok {
		settings = found.Settings
	}
	return from(settings)
}

func from(settings []debug.BuildSetting) Info {
	i := Info{Version: Version, Date: date, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	i.Commit, i.Modified = strings.CutSuffix(commit, modified)
	if i.Commit != "" {
		return i
	}
	for _, s := range settings {
		switch s.Key {
		case "vcs.revision":
			i.Commit = s.Value
		case "vcs.modified":
			i.Modified = s.Value == "true"
		case "vcs.time":
			if t, err := time.Parse(time.RFC3339, s.Value); err == nil {
				i.Date = t.UTC().Format(time.DateOnly)
			}
		}
	}
	return i
}

// modified marks a commit with changes.
const modified = ".modified"

// shortCommit is how many characters of the commit are enough to find it.
const shortCommit = 7

// Short is the form that pipeline_runs.app_version and the documents keep: the version with the commit as SemVer's build
// metadata, such as 0.2.0+g1a2b3c4, or 0.2.0+g1a2b3c4.modified; the version alone where the commit is not known.
func (i Info) Short() string {
	if i.Commit == "" {
		return i.Version
	}
	text := i.Version + "+g" + i.Commit[:min(len(i.Commit), shortCommit)]
	if i.Modified {
		text += modified
	}
	return text
}

// String is all of it in one line, such as 0.2.0 (commit 1a2b3c4… of 2026-11-26, go1.26.8, linux/amd64).
func (i Info) String() string {
	built := "commit not known"
	if i.Commit != "" {
		built = "commit " + i.Commit
		if i.Modified {
			built += " with changes"
		}
		if i.Date != "" {
			built += " of " + i.Date
		}
	}
	return fmt.Sprintf("%s (%s, %s, %s)", i.Version, built, i.Go, i.Platform)
}
