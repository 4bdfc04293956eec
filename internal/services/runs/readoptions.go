package runs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/pipelines"
)

// readOptionsParameter is the pipeline's parameter for how the file is read (docs/specification.md §2).
const readOptionsParameter = "read_options"

// readOptions is the parameter's text; "" where nothing is said. A pipeline that was deployed before the parameter came would
// ignore it without a word, and the notebook would read the file by the rules as they stand: such a run is refused.
func (r *Runs) readOptions(ctx context.Context, o *contract.ReadOptions) (string, error) {
	if o == nil || o.Plain() {
		return "", nil
	}
	text, err := json.Marshal(o)
	if err != nil {
		return "", fmt.Errorf("writing how the file is read: %w", err)
	}
	takes, err := r.TakesReadOptions(ctx)
	var denied *pipelines.UnauthorizedError
	switch {
	case errors.As(err, &denied):
		return "", &RefusedError{Err: err, Sentence: "this file needs to be read in a way that the pipeline has to be told, and this program may not see whether the pipeline takes that: " +
			"ask an administrator of the workspace to give its service principal the Contributor role"}
	case err != nil:
		return "", fmt.Errorf("asking whether the pipeline can be told how the file is read: %w", err)
	case !takes:
		return "", &RefusedError{Sentence: "this file needs to be read in a way that the pipeline has to be told, and the deployed pipeline is too old for that " +
			"(it has no parameter read_options): ask its owner to import the pipeline and the notebook of this version"}
	}
	return string(text), nil
}

// TakesReadOptions tells whether the deployed pipeline has the parameter read_options. Errors are those of
// pipelines.Client.Parameters.
func (r *Runs) TakesReadOptions(ctx context.Context) (bool, error) {
	var names []string
	err := r.within(ctx, func(ctx context.Context) (err error) {
		names, err = r.fabric.Parameters(ctx, r.set.PipelineID)
		return err
	})
	return slices.Contains(names, readOptionsParameter), err
}

// ReadOptions is how a run's file was asked to be read, from its events; nil where nothing was said.
func ReadOptions(events []Event) *contract.ReadOptions {
	n, _, ok := lastNote(events, evReadOptions)
	if !ok {
		return nil
	}
	o, err := contract.ParseReadOptions(n.ReadOptions)
	if err != nil {
		return nil // written by a later program; the run's documents say more
	}
	return &o
}
