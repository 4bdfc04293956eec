package portal

import (
	"context"
	"errors"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
)

// documents reads the contract's documents for those who do not know the feeds.
type documents struct{ from artifacts.Opener }

func (d documents) KPIs(ctx context.Context, folder string) (*contract.KPIs, error) {
	return document[contract.KPIs](ctx, d.from, folder, artifacts.KPIsFile)
}

func (d documents) Profile(ctx context.Context, folder string) (*contract.ImportProfile, error) {
	return document[contract.ImportProfile](ctx, d.from, folder, artifacts.ProfileFile)
}

func (d documents) Metadata(ctx context.Context, folder string) (*contract.RunMetadata, error) {
	return document[contract.RunMetadata](ctx, d.from, folder, artifacts.MetadataFile)
}

// document reads one of the contract's documents; nil where there is none.
func document[T contract.ImportProfile | contract.KPIs | contract.RunMetadata](ctx context.Context, from artifacts.Opener, folder, name string) (*T, error) {
	doc, err := artifacts.Document[T](ctx, from, folder, name)
	if _, ok := errors.AsType[*artifacts.NotFoundError](err); ok {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &doc, nil
}
