// Package evidence packs all that is known of one run into one zip, which needs nothing else to be read. It is an RO-Crate
// (version 1.1) with the run's row, events, artifacts, KPIs, profile and metadata, the SHA-256 of each file, and a page to
// read.
//
// The same input gives the same bytes: files stand in a fixed order and carry the time of the run's end.
package evidence

import (
	"context"
	"io"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// Opener reads an artifact from its start; artifacts.Store is one.
type Opener interface {
	Open(ctx context.Context, path string) (io.ReadCloser, artifacts.File, error)
}

// Input is what is known of a run.
type Input struct {
	Run       runs.Run
	Events    []runs.Event // oldest first
	Artifacts []runs.Artifact

	// The documents of the run's folder as they were read; nil where there is none. KPIs may be nil where Run.KPIs is set.
	KPIs, Profile, Metadata []byte
	// Unread says of documents that are there why they are not among these.
	Unread []error

	// Files reads artifacts; nil where they can't be reached: they are then listed with the hashes that Metadata states.
	Files Opener
	// Embed takes the artifacts themselves into the zip, and checks them against the hashes that Metadata states.
	Embed bool

	// Redact takes secrets out of a text; required. Every text of the bundle goes through it.
	Redact func(string) string
	// Portal names the installation, Version this program.
	Portal, Version string
	// Writer writes the page's texts and numbers; the zero Writer writes English.
	Writer format.Writer
}

// Report says what the bundle holds.
type Report struct {
	Files    []File
	Problems []string // what is missing or does not fit, each a sentence; they stand in the bundle too
}

// File is a file of the bundle, or an artifact that is only listed.
type File struct {
	Path     string // in the zip; for a listed one the path in the lakehouse
	Size     int64  // bytes; -1 where not known
	SHA256   string // "" where not known
	Embedded bool
}

// Progress is told how many bytes of artifacts are packed.
type Progress func(done, total int64)

// InputError says why a bundle can't be made of an Input.
type InputError struct{ *format.Said }

// Name is the name under which a run's bundle is kept, such as run-3f2a….zip.
func Name(run runs.Run) string { return "run-" + run.ID.String() + ".zip" }
