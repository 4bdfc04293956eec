package reading

import (
	"context"
	"strconv"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// mostTitleRows is how many rows with a value may stand above the header.
const mostTitleRows = 50

// table is a sheet with its header.
type table struct {
	sheet      string
	header     Header
	assignment Assignment
	below      bool // the header is not the first row with a value
}

// table finds the header of a sheet, or of the only one of a file of another format.
func (s *surveyor) table(ctx context.Context, sheet string) (table, error) {
	if sheet != "" {
		if err := s.file.SelectSheet(sheet); err != nil {
			return table{}, err
		}
	}
	for rows := 4 * mostTitleRows; ; rows *= 16 {
		t, more, err := s.headerWithin(ctx, sheet, rows)
		if !more || err != nil {
			return t, err
		}
	}
}

// headerWithin looks for the header in the first rows; more says that these are not enough.
func (s *surveyor) headerWithin(ctx context.Context, sheet string, rows int) (first table, more bool, err error) {
	read := s.file.Batches
	wanted := int(s.given.HeaderRow)
	if s.begun || s.file.Format() != spreadsheet.CSV && wanted == 0 { // of a text file the head does not tell the encoding for certain
		read = func(ctx context.Context) (spreadsheet.Batches, error) { return s.file.Head(ctx, rows) }
	}
	batches, err := read(ctx)
	if err != nil {
		return first, false, err
	}
	defer func() { _ = batches.Close() }()
	first = table{sheet: sheet, assignment: Assignment{Columns: noColumns, Candidates: make([][]int, len(contract.Words().Roles))}}
	var firstErr error
	var b cells.Batch
	var row []spreadsheet.Cell
	seen, values := 0, 0
	for batches.Next(&b) {
		if err := ctx.Err(); err != nil {
			return first, false, err
		}
		for i := range b.Rows {
			seen++
			number := int(b.Rows[i].Number)
			if number < wanted {
				continue
			}
			row = spreadsheet.RowOf(row[:0], &b, batches.Texts(), i, spreadsheet.MaxColumns)
			h, ok := ReadHeader(row, number)
			if wanted > 0 && (!ok || number > wanted) {
				return first, false, s.noHeader()
			}
			if !ok {
				continue
			}
			t := table{sheet: sheet, header: h, below: values > 0}
			t.assignment, err = h.Assign(s.given.Columns)
			if values == 0 {
				first, firstErr = t, err
			}
			if err == nil && t.assignment.Possible() {
				return t, false, nil
			}
			if values++; values > mostTitleRows || wanted > 0 || s.file.Format() == spreadsheet.Parquet {
				return first, false, firstErr
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return first, false, err
	}
	if wanted > 0 && batches.Err() == nil {
		return first, false, s.noHeader()
	}
	return first, seen >= rows && batches.Err() == nil && s.file.Format() != spreadsheet.CSV, firstErr
}

func (s *surveyor) noHeader() error {
	said := format.Say("Row {{.Row}} of {{.Name}} holds no value, so that it can't be the header: choose another row.", "Row", strconv.FormatInt(s.given.HeaderRow, 10), "Name", s.file.Name())
	return &spreadsheet.UnreadableError{Path: s.path, Sentence: said.Error(), Err: said}
}

// candidates are the headers that may be the column of a role, by its number.
func (t *table) candidates(role int) []contract.Evidence {
	var out []contract.Evidence
	for _, column := range t.assignment.Candidates[role] {
		out = append(out, contract.Evidence{Form: t.header.Names[column], Count: 1})
	}
	return out
}

// combinations are the ways to choose a candidate for each required role that has some, the last role's changing first.
func (t *table) combinations(most int) []Columns {
	all := []Columns{t.assignment.Columns}
	for i, role := range contract.Words().Roles {
		if !role.Required || len(t.assignment.Candidates[i]) == 0 {
			continue
		}
		var next []Columns
		for _, columns := range all {
			for _, candidate := range t.assignment.Candidates[i] {
				*columns.of(role.Role) = candidate
				next = append(next, columns)
			}
		}
		all = next[:min(most, len(next))]
	}
	return all
}
