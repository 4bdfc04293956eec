package artifacts

import (
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// ScopeError says why a file that is listed is neither fetched nor opened.
type ScopeError struct {
	Path   string // fit for a sentence
	Reason string
}

func (e *ScopeError) Error() string {
	return "“" + e.Path + "” is not fetched: " + e.Reason + "; look at it in Fabric"
}

// endings are those of files that runs write.
var endings = []string{".json", ".csv", ".parquet"}

// CheckOutput accepts a path that a run's output can have: directly in Files/results/current or in the folder of a run, with one
// of the known endings. Paths come out of the database and of documents, so that they may name anything. Error: *ScopeError.
func CheckOutput(at string) error {
	no := func(reason string) error { return &ScopeError{Path: shown(at), Reason: reason} }
	folder, name := path.Split(at)
	folder = strings.TrimSuffix(folder, "/")
	if above, of := path.Split(folder); slices.Contains(inParts, of) && partName.MatchString(name) && path.Ext(name) == path.Ext(of) && strings.HasPrefix(above, RunsFolder+"/") {
		folder = strings.TrimSuffix(above, "/") // a part of an output that is a folder
	}
	run, ofRun := strings.CutPrefix(folder, RunsFolder+"/")
	if id, err := uuid.Parse(run); folder != CurrentFolder && (!ofRun || err != nil || id.String() != run) {
		return no("it does not stand in the folder of a run in " + strings.TrimSuffix(RunsFolder, "/runs"))
	}
	if checkLocal("windows", name) != nil { // what runs write can be kept everywhere
		return no("its name can't be that of a run's file")
	}
	if !slices.Contains(endings, path.Ext(name)) {
		return no("it does not end in " + strings.Join(endings[:len(endings)-1], ", ") + " or " + endings[len(endings)-1])
	}
	return nil
}
