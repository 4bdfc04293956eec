package portal

import (
	"context"
	"time"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/rows"
	"fabricportal/internal/services/results/dataset"
)

// seenEvery is how often the rows that are there by now are shown while a file is read.
const seenEvery = 250 * time.Millisecond

// RowsLocal reads a file of this computer once more, as o says, and keeps all its rows with the cells of all that was found in
// them. title is what the column of the rows' numbers is called. seen is told the rows that are there while it reads, on the
// caller's goroutine: they are gone when it has ended. Close what is given. Errors are those of Analyze and rows.ErrNoRows.
func (p *Portal) RowsLocal(ctx context.Context, path string, o analysis.Options, title string, seen func(*dataset.FileRows)) (*dataset.FileRows, error) {
	keeper := &rows.Keeper{}
	defer keeper.Close()
	o.Keep = keeper
	// The same as is asked of it when it is chosen, but for the first rows: so the findings are the same.
	o.Parts = analysis.Profile | analysis.KPIs | analysis.Rules
	o.Funnel = funnelOf(p.cfg.Funnel)
	tell := o.Progress
	var last time.Time
	o.Progress = func(r analysis.Progress) {
		if tell != nil {
			tell(r)
		}
		if now := time.Now(); now.Sub(last) >= seenEvery {
			if soFar := dataset.FileRowsSoFar(ctx, keeper, title); soFar != nil {
				last = now
				seen(soFar)
			}
		}
	}
	found, err := p.Local.Analyze(ctx, path, o)
	if err != nil {
		return nil, err
	}
	return dataset.OpenFileRows(ctx, keeper, found, title)
}

// RowsRemote is RowsLocal for a file in Files/import, which is fetched to a temporary folder and removed again.
func (p *Portal) RowsRemote(ctx context.Context, file artifacts.File, o analysis.Options, title string, seen func(*dataset.FileRows)) (*dataset.FileRows, error) {
	local, forget, err := p.fetch(ctx, file, &o)
	if err != nil {
		return nil, err
	}
	defer forget()
	return p.RowsLocal(ctx, local, o, title, seen)
}
