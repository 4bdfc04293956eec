package portal

import (
	"context"

	"github.com/google/uuid"

	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/dataset"
)

// WhatChanged is changes.Finder.Pair.
func (p *Portal) WhatChanged(ctx context.Context, before, after uuid.UUID) (changes.Pair, error) {
	return changes.NewFinder(p.Reader, p.Rows).Pair(ctx, before, after)
}

// ChangedRows is changes.Finder.Rows.
func (p *Portal) ChangedRows(ctx context.Context, pair changes.Pair, how dataset.How, progress func(stage changes.Stage, done, total int64)) (*changes.Result, error) {
	return changes.NewFinder(p.Reader, p.Rows).Rows(ctx, pair, how, progress)
}
