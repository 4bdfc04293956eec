// Package analysis looks at a file before it is run. It finds the first rows, the profile, the KPIs, the outcome of the rules, and the changes that the cleaning will make.
// All of this takes one opening and one reading of the file. The window and the subcommands use the Result as it is.
package analysis

import (
	"context"
	"errors"
	"io"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/kpis"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/rows"
	"fabricportal/internal/services/importfile/rules"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// Parts are what an analysis is asked for. What is not asked for costs nothing.
type Parts uint8

// The parts.
const (
	Preview  Parts = 1 << iota // the first rows, which are there before the file is read
	Profile                    // the profile, and the counts of the cleaning
	KPIs                       // the KPIs that the file will give; the profile comes with them
	Rules                      // what the rules say
	Cleaning                   // what the cleaning changes in the first rows
)

// All is every part.
const All = Preview | Profile | KPIs | Rules | Cleaning

// Options chooses the table of a file, the parts of the Result to make, and how the table is read. The zero value asks for all parts of the table that the pipeline takes.
type Options struct {
	Parts  Parts                // All where 0
	Read   contract.ReadOptions // how the file is read, as far as a person has said it; the rest is found
	Limits spreadsheet.Limits   // what a file may cost; the defaults where zero

	Version     string           // of this program, for the documents' generator
	Now         func() time.Time // time.Now where nil
	PreviewRows int              // 50 where 0
	SampleRows  int              // of the profile: 20 where 0, 100 at most, none when negative
	Funnel      *contract.Funnel // the configured visitor figures; nil where there are none
	RulesFile   string           // path of a file of rules; the built-in ones where empty
	Words       format.Writer    // its language; the zero one is English
	Offending   io.Writer        // where a workbook of the rows is written to in which a rule does not hold; nil for none
	Cleaning    cleaning.PreviewOptions
	Keep        *rows.Keeper // keeps all rows, and which cells each finding is about; nil for none

	// Seen is told the preview as soon as it is there, and Progress how far the reading has come: both on the caller's
	// goroutine. They may be nil.
	Seen     func(*profile.Preview)
	Progress func(Progress)
}

// Progress says how far the reading has come.
type Progress = scan.Progress

func (o Options) wants(p Parts) bool { return o.Parts == 0 || o.Parts&p != 0 }

// Result is what was found in a file. Parts that were not asked for are nil.
type Result struct {
	Preview *profile.Preview
	Profile *contract.ImportProfile
	Rows    contract.RowCounts // how the rows become cleaned ones, with the profile
	Reading *contract.Reading  // how the file was read, and what a person has to decide; nil for a preview alone

	KPIs     *contract.KPIs // nil where KPIError says why there are none
	KPIError error          // *scan.IncompleteError, *kpis.ValidationError or *kpis.GroupsError

	Rules *rules.Report // nil where RulesError says why there is none
	// RulesError is a *rules.FileError if the chosen rules can't be used. It is a *spreadsheet.UnreadableError if there is no room for the data that they keep for each row.
	RulesError error

	Cleaning *cleaning.Preview
	Drift    []drift.Finding // what Compare found
	Compared bool            // there is a published file with which it was compared

	// Incomplete is why all this is not of the whole file as it is now, a *scan.IncompleteError; nil where it is. A reading
	// that ended because no part wanted more rows is no reason.
	Incomplete error
}

// Compare says how the file differs from the one that a profile was made of before.
func (r *Result) Compare(before *contract.ImportProfile) {
	r.Drift, r.Compared = drift.Compare(before, r.Profile), true
}

// File analyses a file. A file that can't be read at all is a *spreadsheet.UnreadableError; one that can't be read to its end
// gives what stands before, and Incomplete. Other errors are those of writing to Offending, and that of ctx, which is
// returned within a tenth of a second after its end.
//
// A file that the rules as they stand are enough for is read once. Of others it is found first how they are read
// (reading.Survey), and then they are read so. A file that changes between these readings is incomplete, too.
func File(ctx context.Context, path string, o Options) (*Result, error) {
	return Source(ctx, spreadsheet.Disk(path), o)
}

// Source is File of a file wherever it stands.
func Source(ctx context.Context, src spreadsheet.Source, o Options) (_ *Result, err error) {
	defer spreadsheet.Recovered(src.Path(), &err)
	var since *spreadsheet.Stamp // nil where it can't be told: the opening says what is wrong
	if stamp, ok := src.Stamp(); ok {
		since = &stamp
	}
	var found *reading.Findings
	if o.Read.Plain() || o.Parts == Preview {
		result, err := once(ctx, src, o, since, nil)
		if err != nil || result != nil {
			return result, err
		}
		o.Seen = nil // it was shown
	}
	if found, err = reading.Survey(ctx, src, o.Read, o.Limits); err != nil {
		return nil, err
	}
	return once(ctx, src, o, since, found)
}

// once reads the file one time. What it was read with is gone when it returns: of a wide table it takes as much as there is
// for one reading.
func once(ctx context.Context, src spreadsheet.Source, o Options, since *spreadsheet.Stamp, found *reading.Findings) (*Result, error) {
	a := newAnalysis(src, o, since, found)
	defer a.close()
	return a.read(ctx)
}

// analysis is one reading of a file for all that is asked of it.
type analysis struct {
	opts      Options
	src       spreadsheet.Source
	since     *spreadsheet.Stamp // what the file was at first; nil where it was not there
	found     *reading.Findings  // nil while the rules as they stand are tried
	file      *scan.File         // nil until it is open
	consumers []scan.Consumer
	watch     *watch            // nil where it was found how the file is read
	profiler  *profile.Profiler // nil where no profile is wanted, as the others
	sums      *kpis.Sums
	checker   *rules.Checker
	changes   *changes
	result    Result
}

func newAnalysis(src spreadsheet.Source, o Options, since *spreadsheet.Stamp, found *reading.Findings) *analysis {
	return &analysis{opts: o, src: src, since: since, found: found}
}

// read reads the file. Result is nil where the rules as they stand were tried, and are not enough.
func (a *analysis) read(ctx context.Context) (*Result, error) {
	how := scan.Options{Sheet: a.opts.Read.Sheet, HeaderRow: int(a.opts.Read.HeaderRow), Text: scan.TextOf(a.opts.Read), Limits: a.opts.Limits,
		Progress: a.opts.Progress, How: howOf(a.found), Since: a.since}
	if a.found != nil {
		o := a.found.Reading.Options
		how.Sheet, how.HeaderRow = o.Sheet, int(o.HeaderRow)
	}
	var err error
	if a.file, err = scan.Open(ctx, a.src, how); err != nil {
		return nil, err
	}
	if err := a.begin(ctx); err != nil {
		return nil, err
	}
	if len(a.consumers) > 0 {
		if err := a.file.Read(ctx, a.consumers...); err != nil {
			return nil, err
		}
	}
	// Of a file that has changed a survey would find what holds for another one: what was read is told as incomplete.
	if a.watch != nil && (a.watch.surveyNeeded(a.profiler) || a.groupsUntold()) && a.file.Incomplete() == nil {
		return nil, ctx.Err()
	}
	if err := a.finish(ctx); err != nil {
		return nil, err
	}
	return &a.result, nil
}

// groupsUntold says that names may be those of one group, and that their sums are not known.
func (a *analysis) groupsUntold() bool {
	return a.profiler != nil && a.sums == nil && a.profiler.MayHaveOneGroupTwice()
}

// begin makes one consumer for each part that is asked for. The profile comes before the rules, because they use the values it has read.
func (a *analysis) begin(ctx context.Context) error {
	var err error
	if a.opts.Keep != nil {
		a.opts.Keep.Restart()
	}
	if a.opts.wants(Preview) {
		if a.result.Preview, err = profile.PreviewOf(ctx, a.file, a.opts.PreviewRows); err != nil {
			return err
		}
		if a.opts.Seen != nil {
			a.opts.Seen(a.result.Preview)
		}
	}
	if a.found == nil && a.opts.Parts != Preview {
		a.watch = &watch{given: a.opts.Read, file: a.file, told: a.opts.wants(Profile | KPIs)}
		a.consumers = append(a.consumers, a.watch)
	}
	if a.opts.wants(Profile | KPIs) {
		o := profile.Options{SampleRows: a.opts.SampleRows, Version: a.opts.Version, Now: a.opts.Now, Hits: a.hits()}
		// A file that the rules as they stand are enough for has no groups to tell of, or groupsUntold sees it.
		if a.opts.wants(KPIs) || a.found != nil {
			a.sums = &kpis.Sums{NamesOnly: a.found != nil && !a.found.Looked}
			a.consumers = append(a.consumers, a.sums)
		}
		if a.sums != nil || a.opts.wants(Rules) {
			o.Rows = a.row
		}
		if a.watch != nil {
			o.Watch = a.watch.row
		}
		a.profiler = profile.New(ctx, a.file, o)
		a.consumers = append(a.consumers, a.profiler)
	}
	if a.opts.wants(Rules) {
		if err := a.beginRules(); err != nil {
			return err
		}
	}
	if a.opts.wants(Cleaning) {
		a.changes = &changes{opts: a.opts.Cleaning}
		a.consumers = append(a.consumers, a.changes)
	}
	if a.opts.Keep != nil {
		a.consumers = append(a.consumers, a.opts.Keep)
	}
	return nil
}

// hits is where the cells of the findings are noted, anew for each reading.
func (a *analysis) hits() *hits.Book {
	if a.opts.Keep == nil {
		return nil
	}
	return a.opts.Keep.Hits()
}

func (a *analysis) beginRules() error {
	set := rules.Default()
	if a.opts.RulesFile != "" {
		if set, a.result.RulesError = rules.Load(a.opts.RulesFile); a.result.RulesError != nil {
			return nil //nolint:nilerr // the result tells of it, and the rest of the analysis goes on
		}
	}
	var err error
	o := rules.Options{Offending: a.opts.Offending, Words: a.opts.Words, Hits: a.hits()}
	if a.profiler != nil {
		o.Readings, o.Repeated = a.profiler, true
	}
	if a.checker, err = rules.New(a.file, set, o); err != nil {
		return err
	}
	a.consumers = append(a.consumers, a.checker)
	return nil
}

// row hands on a row as the cleaning sees it.
func (a *analysis) row(b *scan.Batch, index int, row *cleaning.Row) {
	if b == nil && row.Repeated && a.watch != nil {
		a.watch.repeated()
	}
	if a.sums != nil {
		a.sums.Add(b, index, row)
	}
	if row.Repeated && a.checker != nil {
		a.checker.Repeated(row, b == nil)
	}
}

// finish collects the results that need all rows.
func (a *analysis) finish(ctx context.Context) error {
	r := &a.result
	found := foundOf(a.found)
	if a.opts.Parts != Preview {
		r.Reading = &found.Reading
	}
	if a.profiler != nil {
		if a.sums != nil {
			found.SameGroups = a.sums.SameGroups
		}
		a.profiler.SetFound(found)
		p, err := a.profiler.Finish(ctx)
		if err != nil {
			return err
		}
		r.Profile, r.Rows = p.Profile, p.Rows
		if a.opts.wants(KPIs) {
			r.KPIs, r.KPIError = a.sums.KPIs(p.Profile, a.opts.Funnel)
		}
	}
	if a.checker != nil {
		report, err := a.checker.Finish(ctx)
		var unkept *spreadsheet.UnreadableError
		switch {
		case errors.As(err, &unkept):
			r.RulesError = err
		case err != nil:
			return err
		default:
			r.Rules = &report
		}
	}
	if a.changes != nil {
		r.Cleaning = a.changes.preview(a.file.Whole())
	}
	r.Incomplete = a.file.Incomplete()
	if a.opts.Keep != nil {
		if err := a.opts.Keep.Finish(a.file.NeverCalculated(), r.Profile); err != nil {
			return a.file.Unkept(err)
		}
	}
	if _, part := errors.AsType[*scan.IncompleteError](r.KPIError); part && r.Incomplete != nil {
		r.KPIError = r.Incomplete // the same, and it can be said in other languages
	}
	return ctx.Err()
}

func (a *analysis) close() {
	if a.watch != nil {
		a.watch.close()
	}
	if a.file != nil {
		defer func() { _ = a.file.Close() }()
	}
	if a.profiler != nil {
		a.profiler.Close()
	}
	if a.checker != nil {
		a.checker.Close()
	}
	if a.changes != nil {
		a.changes.close()
	}
}
