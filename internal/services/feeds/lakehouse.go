package feeds

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/spreadsheet/delimited"
)

// previewRows is the number of rows of the cleaned data that the results show.
const previewRows = 200

// readFiles lists Files/import.
func (s *Service) readFiles(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.iv.Call)
	defer cancel()
	files, err := s.src.Files.ListImport(ctx)
	if errors.Is(err, context.Canceled) {
		return
	}
	s.publishFrame(func(f *Frame) { s.reach(&f.Files, err) })
	if err != nil {
		last, _ := s.Import.Latest()
		last.Sentence = s.src.Sentence(err)
		s.Import.Publish(last)
		return
	}
	s.Import.Publish(Import{Files: files, Loaded: true, AsOf: s.now()})
}

// readResults reads what current/ holds.
func (s *Service) readResults(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.iv.Call)
	defer cancel()
	r, err := s.currentResults(ctx)
	if errors.Is(err, context.Canceled) {
		return
	}
	if err != nil {
		last, _ := s.Results.Latest()
		last.Sentence = s.src.Sentence(err)
		s.Results.Publish(last)
		return
	}
	s.Results.Publish(r)
}

func (s *Service) currentResults(ctx context.Context) (Results, error) {
	r := Results{Source: artifacts.CurrentFolder, Loaded: true, AsOf: s.now()}
	kpis, err := artifacts.Document[contract.KPIs](ctx, s.src.Files, artifacts.CurrentFolder, artifacts.KPIsFile)
	var missing *artifacts.NotFoundError
	if errors.As(err, &missing) {
		r.Empty = true
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r.KPIs = &kpis
	prof, err := artifacts.Document[contract.ImportProfile](ctx, s.src.Files, artifacts.CurrentFolder, artifacts.ProfileFile)
	switch {
	case errors.As(err, &missing):
	case err != nil:
		return r, err
	default:
		r.Profile = &prof
	}
	// A promotion copies the data first and kpis.json last, so two run ids mean that one is under way (docs/run-protocol.md §3 step 9).
	if r.Profile == nil || r.Profile.RunID == nil || kpis.RunID == nil || *r.Profile.RunID != *kpis.RunID {
		r.Updating = true
	}
	if r.Preview, err = s.preview(ctx); err != nil && !errors.As(err, &missing) {
		return r, err
	}
	r.Preview.Total = kpis.Orders
	s.addRun(ctx, &r)
	return r, nil
}

// addRun fills in what the database knows about where current/ comes from. The figures are shown without it, too.
func (s *Service) addRun(ctx context.Context, r *Results) {
	if r.KPIs.RunID == nil {
		return
	}
	id, err := uuid.Parse(*r.KPIs.RunID)
	if err != nil {
		return
	}
	if run, err := s.src.Database.Run(ctx, id); err == nil {
		r.Run = &run
	}
	restore, err := s.src.Database.LatestRestore(ctx)
	if err != nil || restore == nil || restore.SourceRun != id {
		return
	}
	// A later ordinary run of the same id can't be: a run's id is new each time. So the restore is what put it there,
	// unless the run itself ended after the restore.
	if r.Run != nil && r.Run.FinishedAt != nil && r.Run.FinishedAt.After(restore.RestoredAt) {
		return
	}
	r.Restored = restore
}

// What is read of the cleaned CSV, and shown of it: as a screen shows rows.
const (
	previewBytes  = 1 << 20   // at most; 200 rows of a genuine file take a twentieth of it
	previewFirst  = 128 << 10 // at first
	previewChars  = 300       // of a cell
	previewName   = 100       // characters of a column's name
	previewFields = 1024      // columns
)

// preview reads the first rows of the cleaned CSV and no more of the file than they need: fewer where they are so long
// that they would take more than is read of it.
func (s *Service) preview(ctx context.Context) (Preview, error) {
	body, _, err := s.src.Files.Open(ctx, artifacts.CurrentFolder+"/"+artifacts.CSVFile)
	if err != nil {
		return Preview{}, err
	}
	defer body.Close()
	var p Preview
	var head []byte
	for size, whole := previewFirst, false; !whole && len(p.Rows) < previewRows && size <= previewBytes; size *= 2 {
		more := make([]byte, size-len(head))
		n, err := io.ReadFull(body, more)
		whole = errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !whole {
			return p, &artifacts.UnreachableError{Doing: "reading " + artifacts.CSVFile, Err: err}
		}
		head = append(head, more[:n]...)
		if p, err = firstRows(ctx, head, whole); err != nil {
			return p, err
		}
	}
	return p, nil
}

// firstRows are the rows that stand in the beginning of the cleaned CSV, ready to be shown. Behind what makes no sense there
// are none.
func firstRows(ctx context.Context, head []byte, whole bool) (Preview, error) {
	var p Preview
	text := bytes.TrimPrefix(head, []byte("\ufeff"))
	scanner := delimited.NewScanner(bytes.NewReader(text), int64(len(text)), delimited.Dialect{Encoding: delimited.UTF8, Delimiter: ',', Quoting: delimited.DoubledQuotes},
		delimited.Limits{RowBytes: previewBytes, Columns: previewFields})
	var batch delimited.Batch
	for len(p.Rows) <= previewRows && scanner.Next(ctx, &batch) {
		for i := range batch.Ends {
			fields := batch.Row(i)
			if len(fields) == 1 && fields[0].Start == fields[0].End {
				continue // a blank line is no row
			}
			chars := previewChars
			if p.Columns == nil {
				chars = previewName
			}
			row := make([]string, len(fields))
			for j, f := range fields {
				row[j] = shownText(batch.Text(f), chars)
			}
			if p.Columns == nil {
				p.Columns = row
			} else {
				p.Rows = append(p.Rows, row)
			}
			if len(p.Rows) > previewRows {
				break
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return p, err
	}
	if scanner.Err() == nil && !whole && !bytes.HasSuffix(text, []byte("\n")) && len(p.Rows) > 0 && len(p.Rows) <= previewRows {
		p.Rows = p.Rows[:len(p.Rows)-1] // it may be cut
	}
	p.Rows = p.Rows[:min(len(p.Rows), previewRows)]
	return p, nil
}

// shownText looks at no more of a long text than can be shown of it.
func shownText(text []byte, most int) string {
	return plaintext.Line(string(text[:min(len(text), 8*most)]), most)
}
