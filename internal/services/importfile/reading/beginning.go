package reading

import (
	"context"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// mostLooked is how many sheets of a workbook are looked at beside the one that is read.
const mostLooked = 8

// Beginning is what the beginning of a file says of where its table stands.
type Beginning struct {
	HeaderRow int // of the sheet that is read, where it is not the first row with a value; 0 where it is, or was given
	// Sheets are the visible sheets whose headers have the required columns, where the one that is read has not; none where it has.
	Sheets []string
}

// Begin looks at the beginning of a file. Of sheets that can't be read it says nothing. An error is that of ctx.
func Begin(ctx context.Context, file *spreadsheet.File, given contract.ReadOptions) (b Beginning, err error) {
	if given.HeaderRow > 0 {
		return b, nil
	}
	s := &surveyor{file: file, path: file.Path(), given: given, begun: true}
	read, workbook := file.SheetName()
	t, _, err := s.headerWithin(ctx, read, 2*mostTitleRows)
	if err == nil && t.assignment.Possible() {
		if t.below {
			b.HeaderRow = t.header.Row
		}
		return b, nil
	}
	if !workbook || given.Sheet != "" {
		return b, ctx.Err()
	}
	defer func() { _ = file.SelectSheet(read) }()
	looked := 0
	for _, sheet := range file.Sheets() {
		if sheet.Hidden || sheet.Name == read || looked == mostLooked {
			continue
		}
		looked++
		if err := file.SelectSheet(sheet.Name); err != nil {
			continue
		}
		if t, _, err := s.headerWithin(ctx, sheet.Name, 2*mostTitleRows); err == nil && t.assignment.Possible() {
			b.Sheets = append(b.Sheets, sheet.Name)
		}
	}
	return b, ctx.Err()
}
