package export

import (
	"bufio"
	"context"
	"io"
	"strconv"
	"strings"
	"unicode"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/formula"
	"fabricportal/internal/services/results/dataset"
)

// batch is the number of rows that are read at a time.
const batch = 4096

// CSV writes rows as a CSV file to path: UTF-8, a header, CRLF line ends, numbers with a point. Errors: *atomicfile.Error, those
// of data, or the context's. progress may be nil.
func CSV(ctx context.Context, path string, data Data, options CSVOptions, progress Progress) (Report, error) {
	report := Report{Path: path}
	if options.Delimiter == 0 {
		options.Delimiter = ','
	}
	size, err := atomicfile.Replace(ctx, path, atomicfile.Shared, func(w io.Writer) error {
		out := &csvWriter{Writer: bufio.NewWriterSize(w, 1<<16), delimiter: options.Delimiter, guard: options.Guard}
		if options.Excel {
			_, _ = out.WriteString("\ufeff") // the writer keeps its error until Flush
		}
		columns := chosen(data, options.Columns)
		all := data.Columns()
		line := make([]string, len(columns))
		for i, c := range columns {
			line[i] = out.text(all[c].Name)
		}
		out.row(line)
		err := eachRow(ctx, data, columns, data.Rows(), progress, func(_ int, row []dataset.Cell) error {
			for i, cell := range row {
				if line[i] = cell.Text; !plain(all[columns[i]].Kind, cell.Text) {
					line[i] = out.text(cell.Text)
				}
			}
			out.row(line)
			report.Rows++
			return nil
		})
		report.Guarded = out.guarded
		if err != nil {
			return err
		}
		return out.Flush()
	})
	report.Bytes = size
	return report, err
}

// plain tells whether a cell is a number, date or truth value, whose sign is no command.
func plain(kind dataset.Kind, text string) bool {
	if kind == dataset.Text {
		return false
	}
	if kind.Number() {
		_, err := strconv.ParseFloat(text, 64)
		return err == nil
	}
	return !formula.Acts(text, 0)
}

// csvWriter writes lines of values. The values stand in quotation marks where they need them (RFC 4180).
type csvWriter struct {
	*bufio.Writer
	delimiter rune
	guard     bool
	guarded   int // texts that were changed
}

// text is a text as it is written: with an apostrophe before what acts as a formula (package formula).
func (w *csvWriter) text(text string) string {
	if !w.guard {
		return text
	}
	safe := formula.Guard(text, w.delimiter)
	if safe != text {
		w.guarded++
	}
	return safe
}

func (w *csvWriter) row(values []string) {
	for i, v := range values {
		if i > 0 {
			_, _ = w.WriteRune(w.delimiter)
		}
		if v == "" && len(values) == 1 || strings.ContainsRune(v, w.delimiter) || strings.ContainsAny(v, "\"\r\n") || strings.TrimSpace(v) != v || w.guard && odd(v) {
			v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
		}
		_, _ = w.WriteString(v)
	}
	_, _ = w.WriteString("\r\n")
}

// odd says whether a value has more in it than a name or a number. In a guarded file such a one stands in quotation marks: a
// program that splits the line by another mark would join it with a number before it to a formula.
func odd(value string) bool {
	return strings.ContainsFunc(value, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" ._-:", r)
	})
}

func chosen(data Data, columns []int) []int {
	if columns != nil {
		return columns
	}
	columns = make([]int, len(data.Columns()))
	for i := range columns {
		columns[i] = i
	}
	return columns
}

// eachRow reads rows in order and hands them on one by one.
func eachRow(ctx context.Context, data Data, columns []int, n int, progress Progress, take func(i int, row []dataset.Cell) error) error {
	for from := 0; from < n; {
		rows, err := data.Window(ctx, from, min(batch, n-from), columns)
		if err != nil {
			return err
		}
		if len(rows.Cells) == 0 {
			return io.ErrUnexpectedEOF
		}
		for i, row := range rows.Cells {
			if err := take(from+i, row); err != nil {
				return err
			}
		}
		if from += len(rows.Cells); progress != nil {
			progress(from, n)
		}
	}
	return ctx.Err()
}
