package profile

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

// wideFile is a text file with many columns: of each ten three are the same few values, the others numbers and texts that
// are nearly all different.
func wideFile(t *testing.T, columns, rows int) string {
	t.Helper()
	var b strings.Builder
	for c := range columns {
		fmt.Fprintf(&b, "c%d;", c)
	}
	b.WriteString("end\n")
	for r := range rows {
		for c := range columns {
			switch c % 10 {
			case 0:
				b.WriteString(strconv.Itoa(r % 7))
			case 1:
				b.WriteString("group " + strconv.Itoa(r%11))
			case 2:
				fmt.Fprintf(&b, "2025-0%d-01", 1+r%9)
			case 3:
				fmt.Fprintf(&b, "text %d of %d", (r*7919+c)%rows, c)
			default:
				fmt.Fprintf(&b, "%d.%03d", (r*7919+c*31)%rows, c%1000)
			}
			b.WriteByte(';')
		}
		b.WriteString("1\n")
	}
	path := filepath.Join(t.TempDir(), "wide.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

// TestManyColumnsOfDifferentValuesAreEstimated: those that take most are, and of the others everything is still exact.
func TestManyColumnsOfDifferentValuesAreEstimated(t *testing.T) {
	path := wideFile(t, 400, 6000)
	doc, err := File(t.Context(), path, Options{})
	require.NoError(t, err)
	require.True(t, doc.Complete)
	estimated := 0
	for i, c := range doc.Columns[:400] {
		switch i % 10 {
		case 0, 1, 2:
			require.True(t, c.DistinctExact, c.Name)
			require.EqualValues(t, []int{7, 11, 9}[i%10], c.DistinctCount, c.Name)
		default:
			if !c.DistinctExact {
				estimated++
			}
			require.InDelta(t, 6000, c.DistinctCount, 0.035*6000, c.Name)
		}
		require.EqualValues(t, 0, c.NullCount, c.Name)
	}
	require.Greater(t, estimated, 100)
	require.Less(t, estimated, 280)
}

// TestAFileHasOneProfile however many processors count its columns, and so in whatever order they do.
func TestAFileHasOneProfile(t *testing.T) {
	path := wideFile(t, 300, 5000)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var first *contract.ImportProfile
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	numbers := []int{1, 7, 2}
	if testing.Short() {
		numbers = numbers[:2]
	}
	for _, processors := range numbers {
		runtime.GOMAXPROCS(processors)
		doc, err := File(t.Context(), path, Options{Now: func() time.Time { return at }})
		require.NoError(t, err)
		if first == nil {
			first = doc
		}
		require.Equal(t, first, doc)
	}
	require.True(t, slices.ContainsFunc(first.Columns, func(c contract.Column) bool { return !c.DistinctExact }), "some columns are estimated")
}

func TestTheColumnsThatTakeMostGiveUpTheirTables(t *testing.T) {
	b := budget{most: 100}
	var j job
	estimated := map[int][]int{}
	for batch := 1; batch <= 40; batch++ {
		b.begin(&j, 3)
		for i, now := range j.estimate {
			if now && len(estimated[i]) == 0 {
				estimated[i] = append(estimated[i], batch)
			}
			require.Equal(t, len(estimated[i]) > 0, now, "from then on, as a table that was too small to give up may grow")
		}
		copy(j.held, []int{10 * batch, 9, 5 * batch})
		for i := range estimated {
			j.held[i] = 1
		}
		b.end(&j)
	}
	// After the 7th batch 70+9+35 are too many, and the first column's are gone with the 18th; after the 19th 1+9+95.
	require.Equal(t, map[int][]int{0: {7 + decideAhead}, 2: {19 + decideAhead}}, estimated)
}
