package evidence

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// Runs is what a Packer reads of a run; *runs.Observer is one.
type Runs interface {
	Detail(ctx context.Context, id uuid.UUID) (runs.Detail, error)
}

// Packer collects what is known of a run and packs it.
type Packer struct {
	runs   Runs
	files  Opener
	redact func(string) string
	by     Origin
}

// Origin says where a bundle was made.
type Origin struct {
	Connection string // its name, such as Production
	Version    string // of this program
}

// NewPacker reads from runs and files; redact takes secrets out of each text of a bundle.
func NewPacker(runs Runs, files Opener, redact func(string) string, by Origin) *Packer {
	return &Packer{runs, files, redact, by}
}

// Evidence packs what is known of a run into a zip in the folder, and returns its path. writer writes the
// page; nil leaves it in English. progress is in bytes and may be nil.
func (p *Packer) Evidence(ctx context.Context, id uuid.UUID, dir string, writer format.Writer, progress func(done, total int64)) (string, error) {
	known, err := p.runs.Detail(ctx, id)
	if err != nil {
		return "", err
	}
	in := Input{
		Run: known.Run, Events: known.Events.Rows, Artifacts: known.Artifacts.Rows, Files: p.files, Embed: true, Redact: p.redact,
		Portal: p.by.Connection, Version: p.by.Version, Writer: writer,
	}
	if hidden := known.Events.Hidden; hidden > 0 {
		in.Unread = append(in.Unread, format.Say("the run has so many events that {{.Hidden}} of them are not among these", "Hidden", hidden))
	}
	if hidden := known.Artifacts.Hidden; hidden > 0 {
		in.Unread = append(in.Unread, format.Say("the run has so many artifacts that {{.Hidden}} of them are not among these", "Hidden", hidden))
	}
	folder := artifacts.RunsFolder + "/" + id.String() + "/"
	for name, to := range map[string]*[]byte{artifacts.KPIsFile: &in.KPIs, artifacts.ProfileFile: &in.Profile, artifacts.MetadataFile: &in.Metadata} {
		var missing *artifacts.NotFoundError
		var large *artifacts.TooLargeError
		switch *to, err = p.document(ctx, folder+name); {
		case errors.As(err, &missing):
		case errors.As(err, &large):
			in.Unread = append(in.Unread, large) // it is packed as a file all the same
		case err != nil:
			return "", err
		}
	}
	path, _, err := Save(ctx, filepath.Join(dir, Name(known.Run)), in, progress)
	return path, err
}

// documentTime bounds the reading of one document.
const documentTime = 30 * time.Second

// document reads a document of the lakehouse as it stands there, for its hash.
func (p *Packer) document(ctx context.Context, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, documentTime)
	defer cancel()
	return artifacts.ReadDocument(ctx, p.files, path)
}
