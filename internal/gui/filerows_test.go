package gui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/gui/probe"
	analyzing "fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/verdict"
	"fabricportal/internal/services/results/dataset"
)

// ordersFile is a file of so many orders, of which some cells are amiss.
func ordersFile(t testing.TB, n int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("order_id,order_date,channel,region,product_category,quantity,unit_price,discount,revenue,note\n")
	for i := range n {
		id, day, revenue := fmt.Sprintf("SO-2025-%06d", i+1), time.Date(2025, 1, 1+i%365, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), fmt.Sprintf("%d.90", 10+i%400)
		switch {
		case i%700 == 11:
			revenue = "n/k"
		case i%900 == 40:
			id = ""
		case i%800 == 21:
			day = "soon"
		case i%1000 == 13:
			revenue = "-" + revenue
		case i == 14:
			id = fmt.Sprintf("SO-2025-%06d", 3)
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s,1,%d.90,0,%s,\n", id, day, []string{"Web", "Store", "Phone"}[i%3], []string{"North", "South", "East", "West"}[i%4],
			[]string{"Electronics", "Home & Garden", "Books"}[i%3], 10+i%400, revenue)
	}
	path := filepath.Join(t.TempDir(), "sales_orders_fact.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

// realFile makes the window read a real file, whichever is chosen.
func (b *bench) realFile(path string) {
	read := contract.ReadOptions{RowIs: contract.RowIsOrder}
	b.a.analyze = func(ctx context.Context, _ string, _ Progress) (Analysis, error) {
		r, err := analyzing.File(ctx, path, analyzing.Options{SampleRows: 100, Read: read})
		if err != nil {
			return Analysis{}, err
		}
		return Analysis{Result: *r}, nil
	}
	b.a.rows = func(ctx context.Context, _ string, o analyzing.Options, how dataset.FileReading) (*dataset.FileRows, error) {
		o.Read = read
		return dataset.ReadFileRows(ctx, spreadsheet.Disk(path), o, how)
	}
}

// chooseFile chooses the only file of the list and waits until it was checked.
func (b *bench) chooseFile() {
	b.free()
	b.importFiles("sales_orders_fact.csv")
	b.click("import.file.0")
	b.until("the file was checked", func(probe.View) bool { return b.offers("import.rows") })
}

func TestImportShowsTheWholeFileAsATable(t *testing.T) {
	b := newBench(t)
	b.realFile(ordersFile(t, 2500))
	b.chooseFile()
	b.click("import.rows")
	b.untilSays("of 2,500 rows")
	v := b.untilSays("findings are marked")
	require.True(t, says(v, "SO-2025-000001"), "an order_id is shown whole")
	b.a.mu.Lock()
	read := strings.Count(strings.Join(b.a.asked, "\n"), "rows of ")
	b.a.mu.Unlock()
	require.Equal(t, 1, read, "they are read once")

	// All that was found is walked by key, around the end.
	b.press(fyne.KeyF8)
	b.untilSays("1 of 15 · I13: There is no number.")
	b.untilSays("Row 13 · revenue: There is no number.")
	b.click("import.walk.next")
	b.untilSays("2 of 15 · I15: It is negative.")
	b.untilSays("Row 15 · revenue: It is negative.")
	b.press(fyne.KeyF8)
	b.untilSays("3 of 15 · A16: An earlier row has this order_id.")
	b.click("import.walk.previous")
	b.click("import.walk.previous")
	b.click("import.walk.previous")
	b.untilSays("15 of 15 · ")

	// From a finding to its cells, and back.
	b.w.importing.ShowFinding(verdict.Key{Kind: verdict.Check, Column: "revenue", Code: "revenue_valid"})
	b.untilSays("1 of 4 · I13: There is no number.")
	b.untilSays("Row 13 · revenue: There is no number.")
	b.click("import.walk.only")
	b.untilSays("1 to 4 of 4 rows · out of 2,500 rows")
	b.click("import.walk.next")
	b.untilSays("2 of 4 · I713")
	b.untilSays("Row 713 · ")
	b.click("import.walk.only")
	b.untilSays("of 2,500 rows")
	b.click("import.walk.check")
	b.until("the check is in sight", func(probe.View) bool { return b.offers("import.check.0") && b.enabled("import.cells.chosen") })
	b.click("import.cells.chosen")
	b.untilSays("1 of 4 · I13")
	b.click("import.walk.close")
	b.untilSays("findings are marked")
}

func TestCellsThatAFilterHidesAreSaid(t *testing.T) {
	b := newBench(t)
	b.realFile(ordersFile(t, 2500))
	b.chooseFile()
	b.click("import.rows")
	b.untilSays("findings are marked")
	b.typeInto("import.rows.table.search", "SO-2025-000003")
	b.untilSays("2 rows · out of 2,500 rows") // it is repeated
	b.w.importing.ShowFinding(verdict.Key{Kind: verdict.Check, Column: "revenue", Code: "revenue_valid"})
	b.untilSays("None of the 4 cells is among the rows that are shown.")
	b.click("import.walk.only")
	b.untilSays("of 4 · I")
	b.untilSays("of 2,500 rows")
}

func TestRowsThatCannotBeReadAreSaid(t *testing.T) {
	b := newBench(t)
	path := ordersFile(t, 2500)
	b.realFile(path)
	read := b.a.rows
	b.a.rows = func(context.Context, string, analyzing.Options, dataset.FileReading) (*dataset.FileRows, error) {
		return nil, errors.New("the drive is gone: plug it in again")
	}
	b.chooseFile()
	b.click("import.rows")
	v := b.untilSays("Only the first rows can be shown: The drive is gone: plug it in again")
	require.True(t, says(v, "SO-2025-000001"), "%v", v.Texts)
	b.a.rows = func(ctx context.Context, p string, o analyzing.Options, how dataset.FileReading) (*dataset.FileRows, error) {
		require.NoError(t, os.WriteFile(path, []byte("order_id,order_date,revenue\nSO-1,2025-01-01,7\n"), 0o600))
		return read(ctx, p, o, how)
	}
	b.click("import.rows.again")
	b.untilSays("sales_orders_fact.csv has changed since it was checked.")
	b.untilSays("1 row")
}

func TestReadingTheRowsCanBeCancelled(t *testing.T) {
	b := newBench(t)
	showRowsComing(b)
	v := b.untilSays("of about 12,000 rows are read")
	require.True(t, says(v, "SO-2025-000001"), "what is there is shown")
	b.click("import.rows.cancel")
	b.untilSays("Reading was cancelled: only the first rows are shown.")
	b.untilSays("The first 50 of 12,000 rows")
	b.realFile(ordersFile(t, 12_000))
	b.press(fyne.KeyF8) // it is read again, to the first cell in which something was found
	b.untilSays("1 of ")
	b.untilSays("Row 13 · revenue: There is no number.")
}

func TestAnotherFileTakesTheRowsPlace(t *testing.T) {
	b := newBench(t)
	b.realFile(ordersFile(t, 2500))
	b.free()
	b.importFiles("sales_orders_fact.csv", "other.csv")
	b.click("import.file.0")
	b.until("the file was checked", func(probe.View) bool { return b.offers("import.rows") })
	b.click("import.rows")
	b.untilSays("findings are marked")
	b.press(fyne.KeyF8)
	b.untilSays("1 of 15 ·")
	b.typeInto("import.rows.table.search", "SO-2025-000003")
	b.untilSays("2 rows · out of 2,500 rows")
	path := filepath.Join(t.TempDir(), "other.csv")
	require.NoError(t, os.WriteFile(path, []byte("order_id,order_date,channel,region,product_category,quantity,unit_price,discount,revenue\nX-1,2025-01-01,Web,North,Toys,1,7,0,7\n"), 0o600))
	b.realFile(path)
	b.click("import.file.1")
	v := b.untilSays("1 to 1 of 1 row") // the search was for the other file
	require.True(t, says(v, "Nothing in the rows asks for a look."))
	require.False(t, says(v, "1 of 15 ·"), "nothing is walked")
}
