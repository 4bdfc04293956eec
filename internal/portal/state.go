package portal

import (
	"os"
	"path/filepath"

	"fabricportal/internal/atomicfile"
)

// stateFolder is a folder in that for this computer's notes; "" where there is none: what reads finds nothing there, and what writes says
// so.
func stateFolder(stateDir, name string) string {
	if stateDir == "" {
		return ""
	}
	return filepath.Join(stateDir, name)
}

// Prefixes of the temporary folders that this program makes.
const (
	fetchedPrefix  = "portal-profile-"
	exportedPrefix = "portal-export-" // of package export
)

// tidy takes away what this program left when it was killed, beside its notes and among the temporary files, and names the notes
// that can't be used. It is a help for later, so that nothing of it keeps the program from starting.
func (p *Portal) tidy() {
	gone := atomicfile.Sweep(os.TempDir(), fetchedPrefix+"*", exportedPrefix+"*")
	if p.cfg.StateDir != "" {
		gone = append(gone, sweepBelow(p.cfg.StateDir, 2)...)
	}
	if len(gone) > 0 {
		p.log.Info("taken away, as a program was killed that wrote them", "files", gone)
	}
	if _, err := p.box.All(); err != nil {
		p.log.Warn("notes about unfinished work", "error", err)
	}
}

// sweepBelow sweeps a folder and those in it, some levels deep.
func sweepBelow(folder string, levels int) []string {
	gone := atomicfile.Sweep(folder)
	if levels == 0 {
		return gone
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return gone
	}
	for _, e := range entries {
		if e.IsDir() {
			gone = append(gone, sweepBelow(filepath.Join(folder, e.Name()), levels-1)...)
		}
	}
	return gone
}
