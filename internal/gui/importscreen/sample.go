package importscreen

import (
	"context"

	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/sample"
)

// madeUp tells whether the file is a sample, which never becomes a run.
func (c choice) madeUp() bool { return sample.Is(c.row.path) }

// madeUp says above all that is shown of a sample what it is; "" for any other file.
func madeUp(c choice) string {
	if !c.madeUp() {
		return ""
	}
	return words.T("Sample: this data is made up on this computer, with a few faults to be found. Nothing of it is sent anywhere.")
}

// sampleWords stand in place of the verdict: what the sample is, and what can be done with it.
func sampleWords() (title, sentence string) {
	return words.T("A sample to try things on"), words.T("Find its faults, mend how it is read and see its KPIs, as with a file of your own: a sample is never uploaded or run.")
}

// OpenSample makes the sample and chooses it.
func (s *Screen) OpenSample() {
	if s.sampling.Busy() {
		return
	}
	tasks.Start(s.sampling, func(ctx context.Context, _ func(int64, int64)) (string, error) {
		return s.actions.Sample(ctx)
	}, nil, func(path string, err error) {
		if err != nil {
			s.shell.Dialogs.Tell(words.T("The sample can't be made"), s.shell.Error(err))
			return
		}
		s.OpenLocal(path)
	})
}
