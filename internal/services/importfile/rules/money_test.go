package rules

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestARuleKnowsTheRevenueOfItsRows: to the cent, for rules of cells, of rows and of keys, with the rows wanted and without.
func TestARuleKnowsTheRevenueOfItsRows(t *testing.T) {
	text := "order_id,order_date,quantity,unit_price,discount,rating,revenue\n" +
		"A,2025-01-01,1,10.10,0,9,10.10\n" + // rating
		"B,2025-01-01,1,20.20,0,5,20.20\n" +
		"B,2025-01-01,1,0.30,0,5,0.30\n" + // key
		"C,2025-01-01,2,5,0,8,0.10\n" + // rating, formula
		"D,2025-01-01,1,5,0,7,n/k\n" + // rating, no amount
		"E,2025-01-01,1,-5,0,5,-5\n" // price, revenue
	for _, wanted := range []bool{false, true} {
		report := checked(t, text, wanted)
		money := map[string]float64{}
		for _, o := range report.Outcomes {
			if o.Revenue != nil {
				require.False(t, o.Passed, o.Rule.ID)
				money[o.Rule.ID] = *o.Revenue
			} else if !o.Passed {
				require.Equal(t, Fresh, o.Rule.Kind)
			}
		}
		require.Equal(t, map[string]float64{
			"order_id_key": 0.30, "rating_range": 10.20, "revenue_formula": 0.10, "revenue_type": 0, "unit_price_range": -5, "revenue_range": -5,
		}, money)
	}
	for _, o := range checked(t, "order_id,rating\nA,9\n", false).Outcomes {
		require.Nil(t, o.Revenue, "a file without revenue: %s", o.Rule.ID)
	}
}

func checked(t *testing.T, text string, wanted bool) Report {
	t.Helper()
	o := Options{}
	if wanted {
		o.Offending = &bytes.Buffer{}
	}
	report, err := Check(t.Context(), file(t, text), Default(), o)
	require.NoError(t, err)
	return report
}
