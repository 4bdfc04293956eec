package doctor

import (
	"context"
	"errors"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/fabric/artifacts"
)

// leftUploads names uploads that were given up more than a week ago, for whoever may remove them; "" where there are none, or it is
// not known.
func leftUploads(ctx context.Context, f Files, w format.Writer) string {
	lists, ok := f.(interface {
		LeftStaging(ctx context.Context, now time.Time) ([]artifacts.File, error)
	})
	if !ok {
		return ""
	}
	left, err := lists.LeftStaging(ctx, time.Now())
	if err != nil || len(left) == 0 {
		return "" // a help, and no check of its own
	}
	return w.N(int64(len(left)),
		"{{.N}} hidden file there is of an upload that did not come to its end, more than a week ago, such as {{.Name}}: Import offers to delete it, or “portal-desktop uploads --delete-left-over” does.",
		"{{.N}} hidden files there are of uploads that did not come to their end, more than a week ago, such as {{.Name}}: Import offers to delete them, or “portal-desktop uploads --delete-left-over” does.",
		"Name", plaintext.Line(left[0].Name, 100))
}

// files tells whether the lakehouse's files can be listed.
func (e *examination) files(f Files) bool {
	if !e.try("lakehouse files", func(ctx context.Context) (string, error) {
		files, err := f.ListImport(ctx)
		said := e.w.N(int64(len(files)), "{{.N}} file in {{.Folder}}.", "{{.N}} files in {{.Folder}}.", "Folder", artifacts.ImportFolder)
		if err == nil {
			said = format.Sentences(said, leftUploads(ctx, f, e.w))
		}
		return said, err
	}) {
		return false
	}
	e.try("published results", func(ctx context.Context) (string, error) {
		said, err := published(ctx, f, e.w)
		if _, ok := errors.AsType[*artifacts.NotFoundError](err); ok {
			return e.w.T("Nothing has been published yet."), nil
		}
		return said, err
	})
	return true
}

// published says what is, and whether its documents can be read.
func published(ctx context.Context, f Files, w format.Writer) (string, error) {
	return artifacts.ReadPublished(ctx, f, func(p *artifacts.Published) (string, error) {
		if p.Manifest == nil {
			file, err := f.Stat(ctx, artifacts.CurrentFolder+"/"+artifacts.KPIsFile)
			return w.T("Published {{.When}}.", "When", format.Stamp(file.Modified)), err
		}
		for _, name := range []string{artifacts.KPIsFile, artifacts.ProfileFile} {
			if err := p.Check(ctx, name); err != nil {
				return "", err
			}
		}
		said := w.T("Published {{.When}} by run {{.Run}}.", "When", format.Stamp(p.Manifest.PublishedAt.Time), "Run", p.Manifest.RunID)
		if p.Replaced {
			said = format.Sentences(said, w.T("The files in {{.Folder}} are other ones: the next results are being published, or that was interrupted; the next run or restore puts it right.", "Folder", artifacts.CurrentFolder))
		}
		return said, nil
	})
}

// probe tries whether an upload would work.
func (e *examination) probe(f Files) {
	p, ok := f.(interface {
		Probe(ctx context.Context) error
	})
	if !ok {
		return
	}
	e.try("probe file", func(ctx context.Context) (string, error) {
		err := p.Probe(ctx)
		if _, left := errors.AsType[*artifacts.LeftError](err); err == nil || left {
			return e.w.T(textProbed), err
		}
		return "", amiss(textNotProbed, "Why", e.w.Sentence(err))
	})
}
