package portal

import (
	"context"
	"errors"
	"sync"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/desktop/shapes"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// lastTime bounds the question for the profile of the file that was imported last: a file can be looked at offline too.
const lastTime = 5 * time.Second

// Found is what was found in a file, and what this computer knows of it.
type Found struct {
	analysis.Result
	imports.History
	Recalled shapes.Recalled
}

// AnalyzeLocal finds out all about a file of this computer, how it differs from the file that was imported last, and what
// was done with this very content before. With recall, what was decided for files of its shape holds for it, too.
func (p *Portal) AnalyzeLocal(ctx context.Context, path string, o analysis.Options, recall bool) (Found, error) {
	return p.found(ctx, spreadsheet.Disk(path), o, recall)
}

func (p *Portal) found(ctx context.Context, src spreadsheet.Source, o analysis.Options, recall bool) (Found, error) {
	var known imports.History
	var last *contract.ImportProfile
	var asking sync.WaitGroup // while the file is read
	defer asking.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	asking.Go(func() { last, known.Against = p.lastImported(ctx) })

	o.Funnel, o.SampleRows = funnelOf(p.cfg.Funnel), profile.MaxSampleRows
	found, as, err := p.recalled(ctx, src, o, recall)
	if err != nil {
		return Found{}, err
	}
	known.Imported = p.Imported(found.Profile.File.SHA256)
	if asking.Wait(); last != nil {
		found.Compare(last)
	}
	return Found{*found, known, as}, nil
}

// AnalyzeRemote is AnalyzeLocal for a file in Files/import, which is read by ranges; what was read is kept, encrypted, until it is done.
func (p *Portal) AnalyzeRemote(ctx context.Context, file artifacts.File, o analysis.Options, recall bool) (Found, error) {
	var found Found
	err := p.whole(ctx, file, &o, func(ctx context.Context, src spreadsheet.Source) (err error) {
		found, err = p.found(ctx, src, o, recall)
		return err
	})
	if err != nil {
		return Found{}, err
	}
	p.Contents.Remember(file, found.Profile.File.SHA256)
	found.Profile.File.LastModified = nil // where the lakehouse does not tell
	if !file.Modified.IsZero() {
		t := contract.NewTime(file.Modified)
		found.Profile.File.LastModified = &t
	}
	return found, nil
}

// Profiled is the profile that a notebook made of a file in Files/import, of this very content (contract/RULES.md, Profiles only). It is nil where
// there is none, and where the file can be read in more than one way or was decided on: then it has to be read here.
func (p *Portal) Profiled(ctx context.Context, file artifacts.File) (*contract.ImportProfile, error) {
	ctx, cancel := context.WithTimeout(ctx, lastTime)
	defer cancel()
	found, err := artifacts.ProfileOf(ctx, p.files, file, p.Contents.Hash(file))
	if err != nil || found == nil {
		return nil, err
	}
	if r := found.Reading; r != nil && len(r.Questions) > 0 {
		return nil, nil
	}
	if _, decided := p.shapes.Find(headersOf(found)); decided {
		return nil, nil
	}
	return found, nil
}

// lastImported is the profile of the file that was imported last; nil without an answer. Where the lakehouse can't be asked it
// is what this computer has seen last, which against then tells.
func (p *Portal) lastImported(ctx context.Context) (last *contract.ImportProfile, against *imports.Record) {
	ctx, cancel := context.WithTimeout(ctx, lastTime)
	defer cancel()
	profile, err := artifacts.ReadPublished(ctx, p.files, func(at *artifacts.Published) (contract.ImportProfile, error) {
		return artifacts.PublishedDocument[contract.ImportProfile](ctx, at, artifacts.ProfileFile)
	})
	if _, none := errors.AsType[*artifacts.NotFoundError](err); none {
		return nil, nil
	}
	if err == nil {
		return &profile, nil
	}
	seen, ok, err := p.imports.Last()
	if err != nil {
		p.log.Warn("what was imported last", "error", err)
	}
	if !ok {
		return nil, nil
	}
	return seen.Profile, &seen
}

// SaveOffendingRemote is SaveOffendingLocal for a file in Files/import.
func (p *Portal) SaveOffendingRemote(ctx context.Context, dir string, file artifacts.File, o analysis.Options) (string, error) {
	var to string
	err := p.whole(ctx, file, &o, func(ctx context.Context, src spreadsheet.Source) (err error) {
		to, err = p.saveOffendingIn(ctx, dir, src, o)
		return err
	})
	return to, err
}
