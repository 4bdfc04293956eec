package main

import (
	"context"
	"crypto/sha256"
	"hash/maphash"
	"io"
	"math"
	"os"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// eachRow gives a workbook's rows below the header with their raw values, by the fastest of excelize's own ways that
// does not hold the file in memory.
func eachRow(ctx context.Context, path string, use func([]string)) error {
	f, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	count := -1
	for ; rows.Next() && ctx.Err() == nil; count++ {
		values, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return err
		}
		if count >= 0 {
			use(values)
		}
	}
	found(count)
	return rows.Error()
}

func excelizeRows(ctx context.Context, path string) error {
	return eachRow(ctx, path, func([]string) {})
}

// tally is what is known of a column.
type tally struct {
	counts                   map[string]int // from which distinct and most frequent values and quartiles come
	numbers, empty           int
	least, most, sum, square float64
	shortest, longest        int
}

func (t *tally) add(v string) {
	if v == "" {
		t.empty++
		return
	}
	t.counts[v]++
	t.shortest, t.longest = min(t.shortest, len(v)), max(t.longest, len(v))
	if n, err := strconv.ParseFloat(v, 64); err == nil {
		t.numbers++
		t.least, t.most, t.sum, t.square = min(t.least, n), max(t.most, n), t.sum+n, t.square+n*n
	}
}

// excelizeProfile is a profile as one writes it with Go's maps: each column's frequencies, types, bounds, sums and
// lengths; repeated rows; and the file's SHA-256.
func excelizeProfile(ctx context.Context, path string) error {
	var columns []*tally
	seed := maphash.MakeSeed()
	rows, repeated := map[uint64]struct{}{}, 0
	err := eachRow(ctx, path, func(values []string) {
		var h maphash.Hash
		h.SetSeed(seed)
		for i, v := range values {
			if i == len(columns) {
				columns = append(columns, &tally{counts: map[string]int{}, least: math.Inf(1), most: math.Inf(-1), shortest: math.MaxInt})
			}
			columns[i].add(v)
			_, _ = h.WriteString(v)
			_ = h.WriteByte(0)
		}
		key := h.Sum64()
		if _, ok := rows[key]; ok {
			repeated++
		}
		rows[key] = struct{}{}
	})
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(sha256.New(), f)
	return err
}
