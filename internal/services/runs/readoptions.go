package runs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/optionwords"
	"fabricportal/internal/services/fabric/pipelines"
)

// readOptions is the parameter's text; "" for nil. Options that say nothing are sent all the same (contract.ReadOptions.ForRun). A pipeline that was deployed before the parameter came would
// ignore it without a word, and the notebook would read the file by the rules as they stand: such a run is refused.
func (r *Runs) readOptions(ctx context.Context, o *contract.ReadOptions) (string, error) {
	if o == nil {
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
		return "", refusal(nil, err, format.Say("this file needs to be read in a way that the pipeline has to be told, and this program may not see whether "+
			"the pipeline takes that: ask an administrator of the workspace to give its service principal the Contributor role"))
	case err != nil:
		return "", format.Say("asking whether the pipeline can be told how the file is read: {{.Why}}", "Why", err)
	case !takes:
		return "", refusal(nil, nil, format.Say("this file needs to be read in a way that the pipeline has to be told, and the deployed pipeline is too old "+
			"for that (it has no parameter read_options): ask its owner to import the pipeline and the notebook of this version"))
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
	return slices.Contains(names, contract.ReadOptionsParameter), err
}

// HowRead is read options in English words, such as “Decimal mark: comma (1.234,50) · Column revenue: Umsatz”; “as found” where they say
// nothing.
func HowRead(o contract.ReadOptions) string { return HowReadIn(o, format.English) }

// HowReadIn is HowRead in another language.
func HowReadIn(o contract.ReadOptions, w format.Writer) string {
	if said := optionwords.Said(w, &o); said != "" {
		return said
	}
	return w.T("as found")
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
