package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"fabricportal/contract"
	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
	"fabricportal/internal/smallfile"
)

// readFlags are the flags that say how a file is read: one for each field of read_options, and a file that holds them.
type readFlags struct {
	file     string
	grouping string
	columns  []string
	given    contract.ReadOptions
}

// readOptionsMost bounds a file of read options, in bytes.
const readOptionsMost = 1 << 20

// add declares the flags for a command.
func (f *readFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.file, "options", "", "how the file is read, from a JSON `FILE` (contract/read_options.schema.json); a flag overrides what it says")
	flags.StringVar(&f.given.Sheet, "sheet", "", "`NAME` of the sheet (default: the first visible one)")
	flags.Int64Var(&f.given.HeaderRow, "header-row", 0, "number of the header row (default: found)")
	flags.Int64Var(&f.given.EndRows, "end-rows", 0, "so many rows at the end are no data")
	flags.StringVar(&f.given.Encoding, "encoding", "", "encoding of a text file, such as utf-8 or windows-1250 (default: found)")
	flags.StringVar(&f.given.Delimiter, "delimiter", "", "what separates the values of a text file; tab for a tab (default: found)")
	flags.StringVar(&f.given.Quoting, "quoting", "", "double, backslash or none: how quotes stand in quoted texts (default: found)")
	flags.StringVar(&f.given.DecimalMark, "decimal-mark", "", "decimal mark of numbers written as text: . or , (default: found)")
	flags.StringVar(&f.grouping, "grouping-mark", "", "what groups their digits: . , ' blank or none (default: found)")
	flags.StringVar(&f.given.DateOrder, "date-order", "", "order of dates written with numbers: ymd, dmy or mdy (default: found)")
	flags.IntVar(&f.given.TwoDigitYears, "two-digit-years-from", 0, "first of the hundred years that two digits can mean, such as 1950")
	flags.StringVar(&f.given.TimeZone, "time-zone", "", "zone in which the day of an instant counts, such as Europe/Berlin (default: as it is written)")
	flags.StringArrayVar(&f.given.NullWords, "null-word", nil, "a `WORD` that means nothing; may be repeated (default: NULL, N/A and the like)")
	flags.StringArrayVar(&f.columns, "column", nil, "which column is which, as `ROLE=HEADER`, such as revenue=Umsatz; may be repeated")
	flags.StringVar(&f.given.RowIs, "row-is", "", "order or order_line: what a row is (default: found)")
	flags.StringVar(&f.given.RowsNoOrders, "rows-no-orders", "", "leave_out or count: totals, repeated headers and notes (default: left out where certain)")
	flags.StringVar(&f.given.ShiftedRows, "shifted-rows", "", "realign or leave_out: rows that a delimiter without quotes has shifted")
	flags.BoolVar(&f.given.AcceptMissing, "accept-missing", false, "take the sums without what is missing from them")
}

// options are what the flags and the file say. Errors are of usage.
func (f *readFlags) options() (contract.ReadOptions, error) {
	given := f.given
	given.SchemaVersion = contract.ReadOptionsVersion
	if given.Delimiter == "tab" {
		given.Delimiter = "\t"
	}
	switch f.grouping {
	case "":
	case "none":
		given.GroupingMark = new(string)
	case "blank":
		blank := " "
		given.GroupingMark = &blank
	default:
		given.GroupingMark = &f.grouping
	}
	for _, pair := range f.columns {
		role, header, ok := strings.Cut(pair, "=")
		if !ok {
			return given, usage(fmt.Errorf("--column takes ROLE=HEADER, such as revenue=Umsatz: %q has no =", pair))
		}
		if given.Columns == nil {
			given.Columns = map[string]string{}
		}
		given.Columns[role] = header
	}
	if f.file == "" {
		return given, asUsage(given.Check())
	}
	data, err := smallfile.Read(format.Say("the read options"), f.file, readOptionsMost)
	if err != nil {
		return given, usage(err)
	}
	from, err := contract.ParseReadOptions(data)
	if err != nil {
		return given, usage(fmt.Errorf("%s: %w", f.file, err))
	}
	merged := from.Merged(given)
	return merged, asUsage(merged.Check())
}

func asUsage(err error) error {
	if err == nil {
		return nil
	}
	return usage(err)
}

// saveOptions keeps how a file was read, for --options.
func saveOptions(path string, o contract.ReadOptions) error {
	data, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the read options: %w", err)
	}
	return atomicfile.WriteFile(path, append(data, '\n'), atomicfile.Shared)
}
