package portal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/importfile/kpis"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/rules"
)

// Looked is what is found in a file before it is run.
type Looked struct {
	*kpis.Analysis
	Preview *profile.Preview
	Rules   rules.Report
	Drift   []drift.Finding // what moved since the file whose results are published
	// Published tells whether there is one to compare with; Against is set where the lakehouse could not be asked, and what
	// this computer has seen last stands for it.
	Published bool
	Against   *imports.Record
	// RulesProblem says why the chosen rules can't be used; "" where they can.
	RulesProblem string
	Cleaning     *cleaning.Preview
	Imported     []imports.Record // what was done with this very content before, the newest first
}

// LookOptions says how a file is looked at; the functions are called on the calling goroutine and may be nil.
type LookOptions struct {
	Sheet     string // "": the first visible one, which the pipeline takes
	HeaderRow int    // 0: the first row with a value, which the pipeline takes
	Rules     string // path of a file of rules; "": the built-in ones
	Progress  func(rows, bytes, total int64)
	Checking  func(share float64) // how far the rules are, 0 to 1, once the profile is there; may be nil
	Seen      func(Looked)        // what is known before all is
}

// lastTime bounds the question for the profile of the file that was imported last: a file can be looked at offline too.
const lastTime = 5 * time.Second

// Look profiles a file of this computer, computes the KPIs it will give, checks it against the rules, and says how it
// differs from the file that was imported last.
func (p *Portal) Look(ctx context.Context, path string, o LookOptions) (Looked, error) {
	var out Looked
	var err error
	where := profile.Options{Sheet: o.Sheet, HeaderRow: o.HeaderRow, Version: p.Version, SampleRows: profile.MaxSampleRows}
	if out.Preview, err = profile.ReadPreview(ctx, path, 0, where); err != nil {
		return out, err
	}
	if o.Seen != nil {
		o.Seen(out)
	}
	tell := func(r profile.Progress) {
		if o.Progress != nil {
			o.Progress(r.Rows, r.Bytes, r.Total)
		}
	}
	out.Analysis, err = kpis.Analyze(ctx, path, kpis.Options{
		Funnel: p.funnel(), Version: p.Version, SampleRows: profile.MaxSampleRows, Progress: tell, Sheet: o.Sheet, HeaderRow: o.HeaderRow,
	})
	if err != nil {
		return out, err
	}
	if err := out.check(ctx, path, o); err != nil {
		return out, err
	}
	out.Imported = p.importedBefore(out.Profile)
	p.compareWithLast(ctx, &out)
	return out, nil
}

// check applies the rules, and previews the cleaning. What can't be told of a file that was profiled is left out; the
// error is the context's.
func (l *Looked) check(ctx context.Context, path string, o LookOptions) error {
	set, err := ruleSet(o.Rules)
	if err != nil {
		l.RulesProblem = Sentence(err)
	} else if report, err := rules.Check(ctx, path, set, rules.Options{Sheet: o.Sheet, HeaderRow: o.HeaderRow, Progress: o.Checking}); err == nil {
		l.Rules = report
	}
	if found, err := cleaning.ReadPreview(ctx, path, cleaning.PreviewOptions{Sheet: o.Sheet, HeaderRow: o.HeaderRow}); err == nil {
		l.Cleaning = found
	}
	return ctx.Err()
}

// compareWithLast says how a file differs from the one that was imported last. Without an answer nothing is said.
func (p *Portal) compareWithLast(ctx context.Context, out *Looked) {
	ctx, cancel := context.WithTimeout(ctx, lastTime)
	defer cancel()
	last, err := document[contract.ImportProfile](ctx, p.files, artifacts.CurrentFolder, artifacts.ProfileFile)
	if err != nil {
		if seen, ok, failed := p.imports.Last(); failed == nil && ok {
			last, out.Against = seen.Profile, &seen
		}
	}
	if last == nil {
		return
	}
	out.Published, out.Drift = true, drift.Compare(last, out.Profile)
}

// SaveOffending writes the rows of a file of this computer in which a rule does not hold into a workbook in the folder
// (rules.Export), and returns the workbook's path. Of o it takes Sheet, HeaderRow, Rules and Checking.
func (p *Portal) SaveOffending(ctx context.Context, dir, path string, o LookOptions) (string, error) {
	set, err := ruleSet(o.Rules)
	if err != nil {
		return "", err
	}
	name := filepath.Base(path)
	to := freeName(dir, strings.TrimSuffix(name, filepath.Ext(name))+" offending rows", ".xlsx")
	_, err = rules.Export(ctx, path, set, to, rules.Options{Sheet: o.Sheet, HeaderRow: o.HeaderRow, Progress: o.Checking})
	return to, err
}

// SaveOffendingRemote is SaveOffending for a file in Files/import.
func (p *Portal) SaveOffendingRemote(ctx context.Context, dir string, file artifacts.File, o LookOptions) (string, error) {
	checking := o.Checking
	part := func(begin, share float64) { // fetching and checking are a half each
		if checking != nil {
			checking(begin + share/2)
		}
	}
	local, forget, err := p.fetch(ctx, file, func(done, total int64) { part(0, float64(done)/float64(max(total, 1))) })
	if err != nil {
		return "", err
	}
	defer forget()
	o.Checking = func(share float64) { part(0.5, share) }
	return p.SaveOffending(ctx, dir, local, o)
}

// fetch saves a file in Files/import in a temporary folder; forget removes it.
func (p *Portal) fetch(ctx context.Context, file artifacts.File, progress func(done, total int64)) (path string, forget func(), err error) {
	name, err := artifacts.CheckName(file.Name)
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "portal-profile-")
	if err != nil {
		return "", nil, fmt.Errorf("making a folder to fetch %s to: %w", file.Name, err)
	}
	forget = func() { _ = os.RemoveAll(dir) }
	saved, err := artifacts.Save(ctx, p.files, file.Path, filepath.Join(dir, name), progress)
	if err != nil {
		forget()
		return "", nil, err
	}
	return saved.Path, forget, nil
}

// LookRemote is Look for a file in Files/import, which is fetched to a temporary folder and removed again.
func (p *Portal) LookRemote(ctx context.Context, file artifacts.File, o LookOptions) (Looked, error) {
	both := func(stage int64) func(rows, bytes, total int64) { // fetching and reading are a half each
		return func(rows, bytes, total int64) {
			if o.Progress != nil {
				o.Progress(rows, stage*total+bytes, 2*total)
			}
		}
	}
	fetching := both(0)
	local, forget, err := p.fetch(ctx, file, func(done, total int64) { fetching(0, done, total) })
	if err != nil {
		return Looked{}, err
	}
	defer forget()
	out, err := p.Look(ctx, local, LookOptions{Sheet: o.Sheet, HeaderRow: o.HeaderRow, Rules: o.Rules, Progress: both(1), Checking: o.Checking, Seen: o.Seen})
	if err != nil {
		return out, err
	}
	p.contents.remember(file, out.Profile.File.SHA256)
	// The copy's time says nothing; the lakehouse's does.
	out.Profile.File.LastModified = nil
	if !file.Modified.IsZero() {
		t := contract.NewTime(file.Modified)
		out.Profile.File.LastModified = &t
	}
	return out, nil
}
