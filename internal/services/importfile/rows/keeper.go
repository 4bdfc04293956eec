package rows

import (
	"context"
	"sync"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/scratch"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// Keeper keeps the rows of a file while it is read. It is a scan.Consumer; who shows the rows asks it for those that are there on
// any goroutine. A reading that is begun anew drops what the one before has kept. Close it once Take has not taken the rows.
type Keeper struct {
	// Known is what is known of the file before, by which columns have their types while it is read; nil for nothing.
	Known *contract.ImportProfile

	mu   sync.Mutex
	kept *Kept
	book *hits.Book
	pack packer
	took bool
}

// Restart begins another reading of the file.
func (k *Keeper) Restart() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept != nil {
		k.kept.Close()
	}
	k.kept, k.book = nil, &hits.Book{}
}

// Hits is where the cells of the findings are noted.
func (k *Keeper) Hits() *hits.Book { return k.book }

// Begin takes the header. Errors are *spreadsheet.UnreadableError's, made of *scratch.Error.
func (k *Keeper) Begin(ctx context.Context, t *scan.Table) error {
	file, err := scratch.Create()
	if err != nil {
		return err
	}
	kept := newKept(file, t)
	kept.book = k.book
	if k.Known != nil {
		kept.Typed(k.Known)
	}
	k.pack = packer{kept: kept, texts: t.Texts}
	k.mu.Lock()
	k.kept = kept
	k.mu.Unlock()
	return ctx.Err()
}

// Rows keeps those of a batch that have a value.
func (k *Keeper) Rows(b *scan.Batch) error {
	k.note(b)
	return k.pack.add(b)
}

// note notes the findings that are about a row as a whole.
func (k *Keeper) note(b *scan.Batch) {
	for i := b.First; i < len(b.Rows); i++ {
		switch row := &b.Rows[i]; row.Shape {
		case cells.Short:
			k.book.Of(hits.Key{Kind: hits.ShortRows}).Add(int(row.Number), hits.WholeRow)
		case cells.Long:
			k.book.Of(hits.Key{Kind: hits.LongRows}).Add(int(row.Number), hits.WholeRow)
		case cells.Fits:
		}
	}
}

// Finish ends the reading: p is the profile of it, by which the columns have their kinds, never as in spreadsheet.NeverCalculated.
func (k *Keeper) Finish(never bool, p *contract.ImportProfile) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil { // there was no header
		return nil
	}
	if err := k.pack.flush(); err != nil {
		return err
	}
	k.kept.never = never
	if p != nil {
		k.kept.Typed(p)
	}
	return nil
}

// ErrNoRows says that a file has no header, so that there is nothing to be shown.
var ErrNoRows = format.Say("the file has no header row")

// Now is the rows that are there by now; nil before the first. They are valid until the keeper is closed, or another reading
// begins: then they give ErrClosed.
func (k *Keeper) Now() *Kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.kept
}

// Take is the rows, which the caller closes. Errors: ErrNoRows.
func (k *Keeper) Take() (*Kept, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil {
		return nil, ErrNoRows
	}
	k.took = true
	return k.kept, nil
}

// Close gives back what is on disk, unless it was taken.
func (k *Keeper) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept != nil && !k.took {
		k.kept.Close()
	}
}

// names are the columns as the file calls them: one without a name by its letters, one of several of a name with them.
func names(header []string) []string {
	seen := map[string]int{}
	for _, name := range header {
		seen[name]++
	}
	out := make([]string, len(header))
	for i, name := range header {
		letters := letters(i)
		switch {
		case name == "":
			name = "(" + letters + ")"
		case seen[name] > 1:
			name += " (" + letters + ")"
		}
		out[i] = name
	}
	return out
}

// letters is how spreadsheets name a column.
func letters(column int) string {
	address := spreadsheet.Address(column, 1)
	return address[:len(address)-1]
}
