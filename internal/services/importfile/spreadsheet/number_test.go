package spreadsheet

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNumbersAreTheNearestDoubles compares with strconv, whose results are exact.
func TestNumbersAreTheNearestDoubles(t *testing.T) {
	same := func(text string) {
		want, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		got, ok := ParseNumber([]byte(text))
		require.True(t, ok, text)
		require.Equal(t, want+0, got, text)
		require.False(t, math.Signbit(got) && got == 0, text)
	}
	for _, text := range []string{"0", "-0", "-0.0", "1", "0.1", "9007199254740991", "9007199254740992", "9007199254740993", "9999999999999999999",
		"18446744073709551616", "0.99999999999999999", "1.0000000000000001", "1.00000000000000011102230246251565", "5e-324", "1.7976931348623157e308",
		"9007199254740993.5", "4503599627370496.5", "4503599627370497.5", "45035996273704.965", "+1.5", "1.", ".5", "1E+2"} {
		same(text)
	}
	r := rand.New(rand.NewPCG(7, 8))
	for range 60_000 {
		same(strconv.FormatFloat(r.NormFloat64()*math.Pow(10, float64(r.IntN(24)-12)), 'f', 1+r.IntN(17), 64))
		same(strconv.FormatFloat(r.Float64()*1e6, 'g', 17, 64)) // as Excel writes
		digits := strings.Repeat("0", r.IntN(3)) + strconv.FormatUint(r.Uint64(), 10)
		point := r.IntN(len(digits)-1) + 1
		same(digits[:point] + "." + digits[point:])
	}
	for _, text := range []string{"", "-", ".", "+", "e", "1e", "1.5.2", "0x1", "NaN", "Inf", "1,5", " 1", "1_000", "1e999"} {
		_, ok := ParseNumber([]byte(text))
		require.False(t, ok, text)
	}
}
