//go:build !nowindow

package main

import (
	"context"
	"os"
	"path/filepath"

	"fabricportal/internal/portal"
	"fabricportal/internal/services/setup/policy"
)

// managedBy is whose policy this computer has; "" where there is none.
func managedBy() string {
	p, err := policy.Machine()
	if err != nil || !p.There() {
		return ""
	}
	return p.Who()
}

// newer asks for a newer version, in the words that About shows.
func newer(p *portal.Portal) func(ctx context.Context) (version, note string) {
	return func(ctx context.Context) (string, string) {
		found, _ := p.Newer(ctx) // empty where there is none
		return found.Version, found.Note
	}
}

// downloads is where files are saved that nobody names a place for: the user's folder for downloads, else the one for temporary files;
// where the organisation does not let files be saved there, the first of its own places.
func downloads() string {
	usual := os.TempDir()
	if home, err := os.UserHomeDir(); err == nil {
		dir := filepath.Join(home, "Downloads")
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			usual = dir
		}
	}
	p, err := policy.Machine()
	if folders := p.Exports(); err == nil && len(folders) > 0 && p.MayExport(filepath.Join(usual, "x")) != nil {
		if os.MkdirAll(folders[0], 0o755) == nil { // where it can't be made, saving says so
			return folders[0]
		}
	}
	return usual
}
