package portal

import (
	"context"

	"fabricportal/internal/format"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/trial"
)

// Trial makes a real run of a tiny file (trial.Trial). said is told what happens.
func Trial(ctx context.Context, opts Options, replace bool, said func(string)) []doctor.Check {
	p, err := Open(ctx, opts)
	if err != nil {
		return []doctor.Check{{Name: "trial", Message: format.Sentence(err)}}
	}
	defer p.Close()
	made := trial.Trial{Runs: p, Files: p.files, Replace: replace, Said: said}
	return made.Do(ctx)
}
