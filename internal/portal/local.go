package portal

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/rules"
	"fabricportal/internal/services/importfile/sample"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/results/export"
	"fabricportal/internal/services/setup/config"
)

// Local is the work on files of this machine. It needs neither configuration nor network.
type Local struct{ Version string }

// Analyze finds out what is in a file (analysis.File).
func (l Local) Analyze(ctx context.Context, path string, o analysis.Options) (*analysis.Result, error) {
	return l.analyze(ctx, spreadsheet.Disk(path), o)
}

func (l Local) analyze(ctx context.Context, src spreadsheet.Source, o analysis.Options) (*analysis.Result, error) {
	o.Version = l.Version
	return analysis.Source(ctx, src, o)
}

// OpenError says that a person has to decide first how a file is read.
type OpenError struct{ Path string }

func (e *OpenError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *OpenError) Say(w format.Writer) string {
	return w.T("{{.File}} can be read in more than one way: decide first how it is read", "File", filepath.Base(e.Path))
}

// SaveOffending is Analyze that also writes the rows in which a rule does not hold into a workbook, which appears whole or
// not at all and replaces one that is there; a file that can be read in more than one way is an *OpenError beside what was found. What the rules don't say, as they can't be used, is an error here.
func (l Local) SaveOffending(ctx context.Context, path, to string, o analysis.Options) (*analysis.Result, error) {
	if err := rules.CheckTarget(path, to); err != nil {
		return nil, err
	}
	return l.saveOffending(ctx, spreadsheet.Disk(path), to, o)
}

func (l Local) saveOffending(ctx context.Context, src spreadsheet.Source, to string, o analysis.Options) (*analysis.Result, error) {
	var found *analysis.Result
	_, err := atomicfile.Replace(ctx, to, atomicfile.Shared, func(w io.Writer) (err error) {
		o.Offending = w
		if found, err = l.analyze(ctx, src, o); err != nil {
			return err
		}
		if len(found.Reading.Questions) > 0 {
			return &OpenError{src.Path()}
		}
		if unread, ok := src.(interface{ Failed() error }); ok && unread.Failed() != nil {
			return unread.Failed()
		}
		return found.RulesError
	})
	return found, err
}

// SaveOffendingLocal writes the rows of a file of this computer in which a rule does not hold into a workbook in the folder,
// and returns the workbook's path: with a *scan.IncompleteError where it holds those of a part of the file only.
func (l Local) SaveOffendingLocal(ctx context.Context, dir, path string, o analysis.Options) (string, error) {
	return l.saveOffendingIn(ctx, dir, spreadsheet.Disk(path), o)
}

func (l Local) saveOffendingIn(ctx context.Context, dir string, src spreadsheet.Source, o analysis.Options) (string, error) {
	name := filepath.Base(src.Path())
	to := export.FreeName(dir, strings.TrimSuffix(name, filepath.Ext(name))+" offending rows", ".xlsx")
	o.Parts = analysis.Rules
	if local, ok := src.(spreadsheet.Disk); ok {
		if err := rules.CheckTarget(string(local), to); err != nil {
			return "", err
		}
	}
	found, err := l.saveOffending(ctx, src, to, o)
	if err != nil {
		return "", err
	}
	return to, found.Incomplete
}

// Sample makes the file of made-up data to try the program with, in the folder for this computer's notes, and returns its path.
// Errors are those of atomicfile.Replace.
func (Local) Sample(ctx context.Context) (string, error) {
	folder := config.DefaultStateDir()
	if folder == "" {
		folder = os.TempDir()
	}
	return sampleIn(ctx, filepath.Join(folder, "sample"), time.Now())
}

// sampleIn makes the sample of a day in a folder. One that is there is replaced, so that its dates are never old; where another
// program holds it, it stays as it is.
func sampleIn(ctx context.Context, folder string, today time.Time) (string, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", &atomicfile.Error{Path: folder, Said: format.Say("the folder {{.Folder}} for the sample can't be made: check the free space there, and whether this user may write there", "Folder", folder).Over(err)}
	}
	path := filepath.Join(folder, sample.Name)
	_, err := atomicfile.Replace(ctx, path, atomicfile.Private, func(w io.Writer) error { return sample.Write(w, today) })
	if err == nil {
		return path, nil
	}
	if info, gone := os.Stat(path); ctx.Err() == nil && gone == nil && info.Mode().IsRegular() {
		return path, nil
	}
	return "", err
}

// funnelOf is the configured funnel figures, nil where there are none.
func funnelOf(f config.Funnel) *contract.Funnel {
	if f.TotalVisitors <= 0 {
		return nil
	}
	out := &contract.Funnel{TotalVisitors: f.TotalVisitors}
	if f.ConvertingVisitors > 0 {
		out.ConvertingVisitors = &f.ConvertingVisitors
	}
	return out
}
