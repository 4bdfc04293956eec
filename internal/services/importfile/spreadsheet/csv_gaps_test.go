package spreadsheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// gapped is a text with gaps of rows without a value, and what is in its other rows.
type gapped struct {
	text string
	want []string // "row column text" of each field with a value
	form TextForm
}

// randomlyGapped writes rows of up to five fields, some quoted, with gaps of blank lines and of lines of delimiters.
func randomlyGapped(r *rand.Rand) gapped {
	const header = "id,name,text,amount,note\n"
	g := gapped{form: TextForm{Encoding: "utf-8", Delimiter: ","}}
	var b strings.Builder
	row := 0
	gap := func() {
		line := []string{"\n", ",,,,\n", "\r\n", ",\n", "\"\"\n", ",\"\",,,,,\n"}[r.IntN(6)]
		n := r.IntN([]int{3, 1500, 9000}[r.IntN(3)])
		b.WriteString(strings.Repeat(line, n))
		row += n
	}
	if r.IntN(2) == 0 {
		gap()
	}
	b.WriteString(header)
	row++
	for i, name := range strings.Split(strings.TrimSpace(header), ",") {
		g.want = append(g.want, fmt.Sprintf("%d %d %q", row, i, name))
	}
	for range 1 + r.IntN(6) {
		for range r.IntN([]int{4, 1100, 3000}[r.IntN(3)]) {
			row++
			fields := make([]string, 1+r.IntN(6))
			filled := 0
			for i := range fields {
				value := []string{"", fmt.Sprint(row), "Größe", "a,b", "say \"x\"", "two\nlines", " "}[r.IntN(7)]
				if fields[i] = value; value != "" {
					g.want = append(g.want, fmt.Sprintf("%d %d %q", row, i, value))
				}
				if strings.TrimSpace(value) != "" {
					filled = i + 1
				}
				if strings.ContainsAny(value, ",\"\n") || r.IntN(5) == 0 {
					fields[i] = `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
				}
			}
			if len(fields) < 5 && filled > 0 {
				g.form.Short.add(row)
			} else if filled > 5 {
				g.form.Long.add(row)
			}
			b.WriteString(strings.Join(fields, ",") + []string{"\n", "\r\n"}[r.IntN(2)])
		}
		gap()
	}
	g.text = b.String()
	return g
}

// peerCells are the fields with a value as encoding/csv reads them. It passes over blank lines.
func peerCells(t *testing.T, text string) (out []string) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	inFields := 0 // line breaks within fields so far
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out
		}
		require.NoError(t, err)
		line, _ := r.FieldPos(0)
		row := line - inFields
		for i, value := range fields {
			if value != "" {
				out = append(out, fmt.Sprintf("%d %d %q", row, i, value))
			}
			inFields += strings.Count(value, "\n")
		}
	}
}

// batchCells are the fields of all batches; each batch is emptied before the next.
func batchCells(t *testing.T, src Batches) (out []string) {
	var b cells.Batch
	for src.Next(&b) {
		require.NotEmpty(t, b.Rows)
		require.LessOrEqual(t, len(b.Rows), cells.MaxRows)
		for i := range b.Rows {
			for _, c := range RowOf(nil, &b, nil, i, MaxColumns) {
				out = append(out, fmt.Sprintf("%d %d %q", b.Rows[i].Number, c.Column, c.Text))
			}
		}
	}
	require.NoError(t, src.Err())
	require.NoError(t, src.Close())
	return out
}

// TestGapsLoseNothing reads what stands behind gaps of any size, in all ways of reading: row by row, in batches, ahead in
// a goroutine, and from the head of the file.
func TestGapsLoseNothing(t *testing.T) {
	for seed := range uint64(40) {
		g := randomlyGapped(rand.New(rand.NewPCG(seed, 13)))
		name := fmt.Sprint("seed ", seed)
		require.Equal(t, g.want, peerCells(t, g.text), name)
		open := func() *csvRows {
			return newCSVRows(t.Context(), "a.csv", strings.NewReader(g.text), int64(len(g.text)), Limits{}.withDefaults())
		}

		rows := open()
		var got []string
		for rows.Next() {
			for _, c := range rows.Row() {
				got = append(got, fmt.Sprintf("%d %d %q", rows.RowNumber(), c.Column, c.Text))
			}
		}
		require.NoError(t, rows.Err())
		require.Equal(t, g.want, got, name)
		require.Equal(t, g.form, rows.Form(), name)

		plain := open()
		require.Equal(t, g.want, batchCells(t, csvBatches{plain}), name)
		require.Equal(t, g.form, plain.Form(), name)
		read := ahead(csvBatches{open()}, 0)
		require.Equal(t, g.want, batchCells(t, read), name)
		require.Equal(t, g.form, read.(textAhead).Form(), name)
		for _, head := range []int{1, 7, 5000} {
			first := open()
			first.head = head
			require.Equal(t, g.want, batchCells(t, csvBatches{first}), "%s, head %d", name, head)
		}
	}
}

// TestAGapTakesNoMemory: the text of rows that are passed over is not kept.
func TestAGapTakesNoMemory(t *testing.T) {
	text := "a,b\n" + strings.Repeat(",\n", 2_000_000) + "1,2\n"
	r := newCSVRows(t.Context(), "a.csv", strings.NewReader(text), int64(len(text)), Limits{}.withDefaults())
	var b cells.Batch
	require.True(t, csvBatches{r}.Next(&b))
	require.True(t, csvBatches{r}.Next(&b))
	require.Equal(t, []cells.Row{{Number: 2_000_002}}, b.Rows)
	require.Less(t, cap(b.Bytes), 1<<20)
	require.False(t, csvBatches{r}.Next(&b))
	require.NoError(t, r.Err())
}
