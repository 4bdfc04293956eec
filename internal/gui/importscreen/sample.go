package importscreen

import (
	"context"
	"time"

	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/sample"
)

// madeUp tells whether the file is a sample, which never becomes a run.
func (c choice) madeUp() bool { return sample.Is(c.row.path) }

// summary is the line below the file's name; of a sample it says first of all what it is.
func (c choice) summary(now time.Time) string {
	said := Summary(c.analysis.Profile, now)
	if c.madeUp() {
		said = words.T("Made up on this computer") + " · " + said
	}
	return said
}

// sampleWords stand in place of the verdict: what the sample is, and what can be done with it.
func sampleWords() (title, sentence string) {
	return words.T("A sample to try things on"), words.T("It has a few faults: find them, mend how it is read and see its KPIs, as with a file of your own.")
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
