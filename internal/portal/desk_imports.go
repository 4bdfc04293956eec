package portal

import (
	"context"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/feeds"
)

// rememberTime bounds the writing of a note; the disk may be a slow share.
const rememberTime = 5 * time.Second

// remember notes what was done with a content. It is a help for later, so that what fails is only logged.
func (p *Portal) remember(ctx context.Context, r imports.Record) {
	ctx, cancel := context.WithTimeout(ctx, rememberTime)
	defer cancel()
	if err := p.imports.Remember(ctx, r); err != nil {
		p.log.Warn("remembering an import", "error", err)
	}
}

// rememberPublished notes which content the published results are of.
func (p *Portal) rememberPublished(ctx context.Context, r feeds.Results) {
	record := imports.Record{
		Kind: imports.Imported, SHA256: r.Profile.File.SHA256, File: r.Profile.File.Name, Size: r.Profile.File.SizeBytes,
		At: r.Profile.GeneratedAt.Time, Run: *r.Profile.RunID, Profile: r.Profile,
	}
	if r.Run != nil {
		record.By = r.Run.TriggeredBy
		if r.Run.FinishedAt != nil {
			record.At = *r.Run.FinishedAt
		}
	}
	p.remember(ctx, record)
}

// importedBefore is what this computer knows of a content, the newest first.
func (p *Portal) importedBefore(profile *contract.ImportProfile) []imports.Record {
	found, err := p.imports.Find(profile.File.SHA256)
	if err != nil {
		p.log.Warn("looking for earlier imports", "error", err)
	}
	return found
}
