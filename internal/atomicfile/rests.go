package atomicfile

import (
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"
)

// partName is the name of a file that is being written, as partPath makes it.
var partName = regexp.MustCompile(`^\.[A-Z2-7]{26}\.part$`)

// restAge is how old a part is that nobody is at: a younger one may be held in a moment.
const restAge = time.Minute

// looked are the folders in which rests were looked for, once in the life of a process.
var looked sync.Map

// removeRestsOnce removes, before the first write into a folder, what a process that was killed has left there.
func removeRestsOnce(folder string) {
	if _, before := looked.LoadOrStore(folder, true); !before {
		removeRests(folder)
	}
}

// removeRests removes parts that nobody is at. What can't be looked at or removed stays: the next process tries again.
func removeRests(folder string) {
	d, err := os.Open(folder)
	if err != nil {
		return
	}
	defer d.Close()
	for {
		entries, err := d.ReadDir(256)
		for _, e := range entries {
			if !partName.MatchString(e.Name()) || !e.Type().IsRegular() {
				continue
			}
			path := filepath.Join(folder, e.Name())
			if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > restAge && Free(path) {
				os.Remove(path)
			}
		}
		if err != nil || len(entries) == 0 {
			return
		}
	}
}
