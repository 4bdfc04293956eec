package reading

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// ordersOf is a text file of orders: a header, and each line with an order_id and a date in front where it begins with one
// delimiter.
func ordersOf(header string, lines ...string) string {
	var b strings.Builder
	b.WriteString(header + "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ";") && !strings.HasPrefix(line, ";;") {
			line = fmt.Sprintf("A%03d;2025-03-%02d%s", i+1, i%28+1, line)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

const plainHeader = "order_id;order_date;revenue"

func given(change func(*contract.ReadOptions)) contract.ReadOptions {
	var o contract.ReadOptions
	change(&o)
	return o
}

// TestWhatASurveySays has a file for each rule, and what is said of it.
func TestWhatASurveySays(t *testing.T) {
	for _, c := range []struct {
		name, text string
		given      contract.ReadOptions
		want       string
	}{
		{"a plain file", ordersOf(plainHeader, ";1.50", ";1234.5", ";-3"), contract.ReadOptions{}, ""},
		{"a file without rows", plainHeader, contract.ReadOptions{}, ""},
		{"nothing at all", "", contract.ReadOptions{}, ""},

		// Marks.
		{"a comma groups", ordersOf(plainHeader, ";1,234.50", ";1,234"), contract.ReadOptions{}, "found decimal_mark . (1,234.50: 1, 1,234: 1)"},
		{"a point groups", ordersOf(plainHeader, ";1.234,50", ";1.234"), contract.ReadOptions{}, "found decimal_mark , (1.234,50: 1, 1.234: 1)"},
		{"another column says the mark", ordersOf(plainHeader+";unit_price", ";1.234;2,50", ";5.678;1"), contract.ReadOptions{}, "found decimal_mark , (1.234: 2)"},
		{"both marks, and nothing open", ordersOf(plainHeader, ";1,234.50", ";1.234,50"), contract.ReadOptions{}, "found decimal_mark  (1,234.50: 1, 1.234,50: 1)"},
		{"both marks, and one open", ordersOf(plainHeader, ";1,5", ";1.5", ";1.234"), contract.ReadOptions{},
			"asks decimal_mark (1234.50: 1, 1234,50: 1, 1.234: 1); decimal_mark . = 4.23 of 3 2025-03-01 to 2025-03-03; decimal_mark , = 1237.00 of 3 2025-03-01 to 2025-03-03"},
		{"all open", ordersOf(plainHeader, ";1.234", ";12"), contract.ReadOptions{},
			"asks decimal_mark (1.234: 1); decimal_mark . = 13.23 of 2 2025-03-01 to 2025-03-02; decimal_mark , = 1246.00 of 2 2025-03-01 to 2025-03-02"},
		{"all open, and answered", ordersOf(plainHeader, ";1.234", ";12"), given(func(o *contract.ReadOptions) { o.DecimalMark = "," }), "given decimal_mark ,"},
		{"only the quantity is open", ordersOf(plainHeader+";quantity", ";5;1,234", ";5;1.234"), contract.ReadOptions{}, "found decimal_mark ."},
		{"a grouping mark is given", ordersOf(plainHeader, ";1.234"), given(func(o *contract.ReadOptions) { m := "."; o.GroupingMark = &m }), "given grouping_mark"},

		// Dates.
		{"a day above 12", ordersOf(plainHeader, "1;01/02/2025;5", "2;31/12/2025;5"), contract.ReadOptions{}, "found date_order dmy (31/12/2025: 1, 01/02/2025: 1)"},
		{"a day above 12 in the second place", ordersOf(plainHeader, "1;01/02/2025;5", "2;12/31/2025;5"), contract.ReadOptions{}, "found date_order mdy (12/31/2025: 1, 01/02/2025: 1)"},
		{"an open order", ordersOf(plainHeader, "1;01/02/2025;5", "2;03/04/2025;5"), contract.ReadOptions{},
			"asks date_order (01/02/2025: 2); date_order dmy = 10.00 of 2 2025-02-01 to 2025-04-03; date_order mdy = 10.00 of 2 2025-01-02 to 2025-03-04\nmissing undated 2 (10)"},
		{"both orders, and one open", ordersOf(plainHeader, "1;31/12/2025;5", "2;12/31/2025;5", "3;01/02/2025;5"), contract.ReadOptions{},
			"asks date_order (31/12/2025: 1, 12/31/2025: 1, 01/02/2025: 1); date_order dmy = 15.00 of 3 2025-02-01 to 2025-12-31; date_order mdy = 15.00 of 3 2025-01-02 to 2025-12-31\nmissing undated 1 (5)"},
		{"both orders, and nothing open", ordersOf(plainHeader, "1;31/12/2025;5", "2;12/31/2025;5", "3;03/03/2025;5"), contract.ReadOptions{}, "found date_order  (31/12/2025: 1, 12/31/2025: 1, 01/02/2025: 1)"},
		{"the same in both orders", ordersOf(plainHeader, "1;03/03/2025;5"), contract.ReadOptions{}, "found date_order  (01/02/2025: 1)"},
		{"points", ordersOf(plainHeader, "1;1.3.2025;5", "2;02.03.2025;5"), contract.ReadOptions{}, "found date_order dmy (31.12.2025: 2)"},
		{"points behind the month", ordersOf(plainHeader, "1;01.02.2025;5", "2;12.31.2025;5"), contract.ReadOptions{}, "found date_order mdy (31.12.2025: 1, 12/31/2025: 1)"},
		{"points in both orders", ordersOf(plainHeader, "1;01.02.2025;5", "2;12.31.2025;5", "3;31.12.2025;5"), contract.ReadOptions{},
			"asks date_order (31.12.2025: 2, 12/31/2025: 1); date_order dmy = 15.00 of 3 2025-02-01 to 2025-12-31; date_order mdy = 15.00 of 3 2025-01-02 to 2025-12-31\nmissing undated 1 (5)"},
		{"two digits", ordersOf(plainHeader, "1;31.12.49;5", "2;01.01.50;5"), contract.ReadOptions{},
			"asks two_digit_years_from (31.12.25: 2); two_digit_years_from 1950 = 10.00 of 2 1950-01-01 to 2049-12-31; two_digit_years_from 1900 = 10.00 of 2 1949-12-31 to 1950-01-01; two_digit_years_from 2000 = 10.00 of 2 2049-12-31 to 2050-01-01\nmissing undated 2 (10)"},
		{"two digits, and an open order", ordersOf(plainHeader, "1;01/02/25;5"), contract.ReadOptions{},
			"asks date_order (01/02/2025: 1, 31.12.25: 1); date_order dmy = 5.00 of 1 2025-02-01 to 2025-02-01; date_order mdy = 5.00 of 1 2025-01-02 to 2025-01-02\n" +
				"asks two_digit_years_from (01/02/2025: 1, 31.12.25: 1); two_digit_years_from 1950 = 5.00 of 1 2025-02-01 to 2025-02-01; two_digit_years_from 1900 = 5.00 of 1 1925-02-01 to 1925-02-01\nmissing undated 1 (5)"},
		{"two digits, answered", ordersOf(plainHeader, "1;31.12.49;5"), given(func(o *contract.ReadOptions) { o.TwoDigitYears = 1950 }), "found date_order dmy (31.12.25: 1)\ngiven two_digit_years_from"},
		{"names of months", ordersOf(plainHeader, "1;31 Dec 2025;5"), contract.ReadOptions{}, "found date_order  (31 Dec 2025: 1)"},
		{"instants", ordersOf(plainHeader, "1;2025-12-31T23:30:00Z;5"), contract.ReadOptions{}, "found time_zone (2025-12-31: 1, 23:59: 1, +01:00: 1)"},
		{"instants in a zone", ordersOf(plainHeader, "1;2025-12-31T23:30:00Z;5"), given(func(o *contract.ReadOptions) { o.TimeZone = "Europe/Berlin" }), "given time_zone"},
		{"marks and dates are asked together", ordersOf(plainHeader, "1;01/02/2025;1.234"), contract.ReadOptions{},
			"asks decimal_mark (1.234: 1); decimal_mark . = 1.23 of 1 2025-02-01 to 2025-02-01; decimal_mark , = 1234.00 of 1 2025-02-01 to 2025-02-01\n" +
				"asks date_order (01/02/2025: 1); date_order dmy = 1.23 of 1 2025-02-01 to 2025-02-01; date_order mdy = 1.23 of 1 2025-01-02 to 2025-01-02\nmissing undated 1 (1.23)"},

		// Nothing.
		{"words for nothing", ordersOf(plainHeader+";discount", ";NULL;-", ";5;n/a", ";6;0"), contract.ReadOptions{}, "found null_words (null: 1, n/a: 1, -: 1)\nmissing no_amount 1 (0)"},
		{"words of a person", ordersOf(plainHeader, ";NULL", ";9999", ";2000"), given(func(o *contract.ReadOptions) { o.NullWords = []string{"9999"} }), "given null_words\nmissing unread_amounts 1 (0)\nmissing no_amount 1 (0)"},

		// Columns.
		{"the header is further down", "Report\n\n;;\nCreated;2025\n" + ordersOf(plainHeader, ";5"), contract.ReadOptions{}, "found header_row 5 (order_id: 1, order_date: 1, revenue: 1)"},
		{"the header is given", "a;b;c\n" + ordersOf(plainHeader, ";5"), given(func(o *contract.ReadOptions) { o.HeaderRow = 1 }), "given header_row 1"},
		{"columns in German", "Bestellnummer;Bestelldatum;Kanal;Umsatz\n1;2025-03-01;x;5\n", contract.ReadOptions{},
			"found columns map[channel:Kanal] (Kanal: 1)\nasks columns (Bestellnummer: 1, Bestelldatum: 1, Umsatz: 1); columns map[order_date:Bestelldatum order_id:Bestellnummer revenue:Umsatz] = 5.00 of 1 2025-03-01 to 2025-03-01"},
		{"several candidates", "order;date;net sales;gross sales\n1;2025-03-01;5;6\n", contract.ReadOptions{},
			"asks columns (order: 1, date: 1, net sales: 1, gross sales: 1); columns map[order_date:date order_id:order revenue:net sales] = 5.00 of 1 2025-03-01 to 2025-03-01; columns map[order_date:date order_id:order revenue:gross sales] = 6.00 of 1 2025-03-01 to 2025-03-01"},
		{"a total that could be two", "order;date;sales\n1;01/02/2025;1.234\n", contract.ReadOptions{}, "asks columns (order: 1, date: 1, sales: 1); columns map[order_date:date order_id:order revenue:sales] of 1"},
		{"a required column that nothing stands for", "order;date;x\n1;01/02/2025;1.234\n", contract.ReadOptions{}, ""},
		{"columns that a person names", "order;date;x\n1;2025-03-01;1,5\n", given(func(o *contract.ReadOptions) {
			o.Columns = map[string]string{"order_id": "order", "order_date": "date", "revenue": "x"}
		}), "found decimal_mark , (1234,50: 1)\ngiven columns map[order_date:date order_id:order revenue:x]"},
		{"several optional ones", ordersOf(plainHeader+";area;zone", ";5;a;b"), contract.ReadOptions{}, "found columns map[] (area: 1, zone: 1)"},

		// Rows that are no orders.
		{"a total by its word", ordersOf(plainHeader, ";5", ";6", "Total:;;11"), contract.ReadOptions{}, "found rows_no_orders leave_out (total: 1)\nleft out total 1 (11) [4]"},
		{"a total of nothing", ordersOf(plainHeader, ";5", ";6", "Total;;"), contract.ReadOptions{}, "found rows_no_orders leave_out (total: 1)\nleft out total 1 (0) [4]"},
		{"a total with a date", ordersOf(plainHeader, ";5", ";6", "Total;2025-03-31;11"), contract.ReadOptions{}, "found rows_no_orders leave_out (total: 1)\nleft out total 1 (11) [4]"},
		{"an order whose id begins like one", ordersOf(plainHeader, ";5", "Total 7;2025-03-31;12"), contract.ReadOptions{}, ""},
		{"a total of something else", ordersOf(plainHeader, ";5", ";6", "Grand total;;12"), contract.ReadOptions{},
			"asks rows_no_orders (total: 1); rows_no_orders leave_out = 11.00 of 2 2025-03-01 to 2025-03-02; rows_no_orders count = 23.00 of 3 2025-03-01 to 2025-03-02\nleft out total 1 (12) [4]"},
		{"and it counts", ordersOf(plainHeader, ";5", ";6", "Grand total;;12"), given(func(o *contract.ReadOptions) { o.RowsNoOrders = "count" }), "given rows_no_orders count\nmissing undated 1 (12)"},
		{"and it does not", ordersOf(plainHeader, ";5", ";6", "Grand total;;12"), given(func(o *contract.ReadOptions) { o.RowsNoOrders = "leave_out" }), "given rows_no_orders leave_out\nleft out total 1 (12) [4]"},
		{"subtotals and their sum", ordersOf(plainHeader+";region", ";5;N", ";6;N", ";;11;North Total", ";7;S", ";8;S", ";;15;South Total", ";;26;Gesamtergebnis"), contract.ReadOptions{},
			"found rows_no_orders leave_out (total: 3)\nleft out total 3 (52) [4 7 8]"},
		{"a total without a word", ordersOf(plainHeader, ";5", ";6", ";7", "x", ";;18"), contract.ReadOptions{},
			"found rows_no_orders leave_out (total: 1)\nleft out total 1 (18) [6]\nmissing no_amount 1 (0)\nmissing undated 1 (0)"},
		{"too few rows for a total without a word", ordersOf(plainHeader, ";5", ";6", ";;11"), contract.ReadOptions{},
			"asks accept_missing (no_order_id: 1); accept_missing = 11.00 of 2 2025-03-01 to 2025-03-02; for information = 22.00\nmissing no_order_id 1 (11)\nshare 0.5"},
		{"a suspected total", ordersOf(plainHeader, ";5", ";6", ";7", "X;;18.0049"), contract.ReadOptions{},
			"asks rows_no_orders (suspect: 1); rows_no_orders leave_out = 18.00 of 3 2025-03-01 to 2025-03-03; rows_no_orders count = 36.00 of 4 2025-03-01 to 2025-03-03\nleft out suspect 1 (18) [5]"},
		{"the header again, a line, a note", ordersOf(plainHeader, ";5", plainHeader, "-----;-----;---", ";6", "* without returns", "Printed by X;;"), contract.ReadOptions{},
			"found rows_no_orders leave_out (header: 1, rule: 1, note: 2)\nleft out header 1 (0) [3]\nleft out rule 1 (0) [4]\nleft out note 2 (0) [6 7]"},
		{"another header, and a key with its value", ordersOf("order_id;order_date;revenue;channel", ";5;x", "Order ID;Order Date;Revenue;Channel", ";6;x", "Created by:;;;Anna", "Average;;5.50;"), given(func(o *contract.ReadOptions) { o.RowsNoOrders = "leave_out" }),
			"given rows_no_orders leave_out\nleft out header 1 (0) [3]\nleft out note 1 (0) [5]\nleft out total 1 (5.5) [6]"},
		{"an order that costs nothing", ordersOf(plainHeader+";discount", "#;;-;-", ";5;"), contract.ReadOptions{}, "found null_words (-: 2)\nmissing no_amount 1 (0)\nmissing undated 1 (0)"},
		{"the last rows", ordersOf(plainHeader, ";5", ";6", ";01/02", "x;y;z"), given(func(o *contract.ReadOptions) { o.EndRows = 2 }), "given end_rows\nleft out end 2 (0) [4 5]"},

		// Shifted rows.
		{"a shifted row", ordersOf("order_id;order_date;channel;revenue", ";x;5", ";x; y;6", ";z;7"), contract.ReadOptions{},
			"asks shifted_rows (realign: 1); shifted_rows realign = 18.00 of 3 2025-03-01 to 2025-03-03; shifted_rows leave_out = 12.00 of 2 2025-03-01 to 2025-03-03\nmissing shifted_rows 1 (6)\nshare 0.333333"},
		{"one of little money", ordersOf("order_id;order_date;channel;revenue", ";x;5000", ";x; y;6", ";z;7000"), contract.ReadOptions{},
			"found shifted_rows leave_out (realign: 1)\nmissing shifted_rows 1 (6)\nshare 0.0005"},
		{"one that can not be realigned", ordersOf("order_id;order_date;channel;revenue", ";x;50", ";x;y;z;6", ";z;;7", ";x;50"), contract.ReadOptions{}, "asks shifted_rows (realign: 2); shifted_rows realign = 113.00 of 4 2025-03-01 to 2025-03-04; shifted_rows leave_out = 100.00 of 2 2025-03-01 to 2025-03-04\nmissing shifted_rows 2 (13)\nshare 0.115044"},
		{"a row without an amount in it", ordersOf("order_id;order_date;channel;revenue", ";x;50", ";x;y;z;w", ";x;60"), contract.ReadOptions{}, "found shifted_rows leave_out (leave_out: 1)\nmissing shifted_rows 1 (0)"},
		{"a delimiter more at the end", ordersOf(plainHeader, ";5", ";6;", ";7"), contract.ReadOptions{}, ""},
		{"a row as long as the others", ordersOf("order_id;order_date;channel;revenue;note", ";x;5;n", ";x; y;6", ";z;7;n"), contract.ReadOptions{},
			"asks shifted_rows (realign: 1); shifted_rows realign = 18.00 of 3 2025-03-01 to 2025-03-03; shifted_rows leave_out = 12.00 of 2 2025-03-01 to 2025-03-03\nmissing shifted_rows 1 (6)\nshare 0.333333"},
		{"one without a blank", ordersOf("order_id;order_date;channel;revenue;note", ";x;5;n", ";x;y;6", ";z;7;n"), contract.ReadOptions{},
			"found shifted_rows leave_out (leave_out: 1)\nasks accept_missing (shifted_rows: 1); accept_missing = 12.00 of 2 2025-03-01 to 2025-03-03; for information = 18.00\nmissing shifted_rows 1 (6)\nshare 0.333333"},
		{"an amount that is none, and a quantity behind it", ordersOf(plainHeader+";quantity", ";5;1", ";tbd;3"), contract.ReadOptions{}, "missing unread_amounts 1 (0)"},
		{"decimal commas between commas", "order_id,order_date,revenue\n1,2025-03-01,10,50\n2,2025-03-02,20,25\n", contract.ReadOptions{},
			"asks shifted_rows (realign: 2); shifted_rows realign = 30.75 of 2 2025-03-01 to 2025-03-02; shifted_rows leave_out = 0.00 of 0\nmissing shifted_rows 2 (30.75)\nshare 1"},
		{"a column without a header", "order_id,order_date,revenue\n1,2025-03-01,10.50,ok\n2,2025-03-02,20.25,3\n", contract.ReadOptions{}, ""},
		{"a total with a shifted row above it", ordersOf("order_id;order_date;channel;revenue", ";x;5", ";x; y;6", ";z;7", "Total;;;18"), given(func(o *contract.ReadOptions) { o.ShiftedRows = "realign" }),
			"found rows_no_orders leave_out (total: 1)\ngiven shifted_rows realign\nleft out total 1 (18) [5]"},
		{"shifted rows that a person leaves out", ordersOf("order_id;order_date;channel;revenue", ";x;5", ";x; y;6", ";z;7"), given(func(o *contract.ReadOptions) { o.ShiftedRows = "leave_out" }),
			"given shifted_rows leave_out\nmissing shifted_rows 1 (6)"},

		// Orders and lines.
		{"order lines", ordersOf(plainHeader, "1;2025-03-01;5", "1;2025-03-01;6", "2;2025-03-02;7"), contract.ReadOptions{}, "found row_is order_line (different: 1)"},
		{"rows twice", ordersOf(plainHeader, "1;2025-03-01;5", "1;2025-03-01;5", "2;2025-03-02;7"), contract.ReadOptions{},
			"asks row_is (same: 1); row_is order = 12.00 of 2 2025-03-01 to 2025-03-02; row_is order_line = 17.00 of 2 2025-03-01 to 2025-03-02\nmissing repeated_order_id 1 (5)\nshare 0.294118"},
		{"rows twice of little money", ordersOf(plainHeader, "1;2025-03-01;5", "1;2025-03-01;5", "2;2025-03-02;7000"), contract.ReadOptions{}, "missing repeated_order_id 1 (5)\nshare 0.000713"},
		{"lines and rows twice of little money", ordersOf(plainHeader, "1;2025-03-01;5", "1;2025-03-01;5", "2;2025-03-02;7000", "2;2025-03-02;1"), contract.ReadOptions{}, "found row_is order_line (different: 1, same: 1)"},
		{"the same amount for other things", ordersOf(plainHeader+";item", "1;2025-03-01;5;a", "1;2025-03-01;5;b"), contract.ReadOptions{},
			"asks row_is (other: 1); row_is order = 5.00 of 1 2025-03-01 to 2025-03-01; row_is order_line = 10.00 of 1 2025-03-01 to 2025-03-01\nmissing repeated_order_id 1 (5)\nshare 0.5"},
		{"lines with the amount in the first", ordersOf(plainHeader+";item", "1;2025-03-01;5;a", "1;;;b", "2;2025-03-02;6;c"), contract.ReadOptions{}, "found row_is order_line (other: 1)"},
		{"an amount in the second line", ordersOf(plainHeader+";item", "1;2025-03-01;;a", "1;2025-03-01;5;b"), contract.ReadOptions{}, "found row_is order_line (different: 1)"},
		{"a person says order", ordersOf(plainHeader, "1;2025-03-01;5", "1;2025-03-01;6"), given(func(o *contract.ReadOptions) { o.RowIs = "order" }), "given row_is order\nmissing repeated_order_id 1 (6)"},
		{"a person says line", ordersOf(plainHeader, "1;2025-03-01;5", "1;2025-03-01;5"), given(func(o *contract.ReadOptions) { o.RowIs = "order_line" }), "given row_is order_line"},
		{"ids that lost digits", ordersOf(plainHeader, "1.2E+17;2025-03-01;5", "1.2E+17;2025-03-02;6"), contract.ReadOptions{},
			"asks row_is (different: 1); row_is order = 5.00 of 1 2025-03-01 to 2025-03-01; row_is order_line = 11.00 of 1 2025-03-01 to 2025-03-02\nmissing repeated_order_id 1 (6)\nshare 0.545455"},

		// Money.
		{"amounts that can not be read", ordersOf(plainHeader, ";100", ";12.50 approx", ";x"), contract.ReadOptions{},
			"asks accept_missing (unread_amounts: 2); accept_missing = 100.00 of 3 2025-03-01 to 2025-03-03; for information = 112.50\nmissing unread_amounts 2 (12.5)\nshare 0.111111"},
		{"and a person takes it so", ordersOf(plainHeader, ";100", ";12.50 approx", ";x"), given(func(o *contract.ReadOptions) { o.AcceptMissing = true }),
			"given accept_missing\nmissing unread_amounts 2 (12.5)\nshare 0.111111"},
		{"half a percent", ordersOf(plainHeader, ";199", ";;1"), contract.ReadOptions{}, "asks accept_missing (no_order_id: 1); accept_missing = 199.00 of 1 2025-03-01 to 2025-03-01; for information = 200.00\nmissing no_order_id 1 (1)\nshare 0.005"},
		{"less", ordersOf(plainHeader, ";199", ";;0.99"), contract.ReadOptions{}, "missing no_order_id 1 (0.99)\nshare 0.00495"},
		{"amounts that cancel out weigh both", ordersOf(plainHeader, ";199", ";;5", ";;-5"), contract.ReadOptions{},
			"asks accept_missing (no_order_id: 2); accept_missing = 199.00 of 1 2025-03-01 to 2025-03-01; for information = 199.00\nmissing no_order_id 2 (0)\nshare 0.047847"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := surveyed(t, c.text, c.given)
			got := told(&f.Reading)
			require.Equal(t, c.want, got, "\n%s\nwanted %s\n   got %s", c.text, c.want, got)
		})
	}
}

func TestOptionsThatAFileCanNotFollow(t *testing.T) {
	path := written(t, "orders.csv", ordersOf(plainHeader, ";5"))
	for want, o := range map[string]contract.ReadOptions{
		"orders.csv has no sheets: leave out the name of one.":                                                                                    {Sheet: "x"},
		"Row 9 of orders.csv holds no value, so that it can't be the header: choose another row.":                                                 {HeaderRow: 9},
		`orders.csv can't be read as its options say: there is no column “Netto” for revenue in row 1: choose one of its headers.`:                {Columns: map[string]string{"revenue": "Netto"}},
		`orders.csv can't be read as its options say: “Nowhere” is no time zone: give a name such as Europe/Berlin, or an offset such as +01:00.`: {TimeZone: "Nowhere"},
		`orders.csv can't be read as its options say: the column “order_id” can't be both order_id and revenue: choose another one.`:              {Columns: map[string]string{"revenue": "order_id", "order_id": "order_id"}},
	} {
		_, err := Survey(t.Context(), spreadsheet.Disk(path), o, spreadsheet.Limits{})
		require.EqualError(t, err, want)
		require.ErrorAs(t, err, new(*spreadsheet.UnreadableError))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Survey(ctx, spreadsheet.Disk(path), contract.ReadOptions{}, spreadsheet.Limits{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestSheetsThatHaveTheColumns(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	require.NoError(t, book.SetCellValue("Sheet1", "A1", "A cover"))
	for name, header := range map[string][]string{"Orders": {"order_id", "order_date", "revenue"}, "Other": {"a", "b"}, "Hidden": {"order_id", "order_date", "revenue"}, "Aufträge": {"Auftrag", "Datum", "Umsatz"}} {
		_, err := book.NewSheet(name)
		require.NoError(t, err)
		require.NoError(t, book.SetSheetRow(name, "B3", &header))
		require.NoError(t, book.SetSheetRow(name, "B4", &[]any{17, "2025-03-01", "1.234,5"}))
	}
	require.NoError(t, book.SetSheetVisible("Hidden", false))
	path := filepath.Join(t.TempDir(), "orders.xlsx")
	require.NoError(t, book.SaveAs(path))

	f, err := Survey(t.Context(), spreadsheet.Disk(path), contract.ReadOptions{}, spreadsheet.Limits{})
	require.NoError(t, err)
	require.False(t, f.Looked)
	require.Len(t, f.Reading.Questions, 1)
	q := f.Reading.Questions[0]
	require.Equal(t, "sheet", q.ID)
	require.Len(t, q.Readings, 2)
	for i, reading := range q.Readings {
		require.Equal(t, q.Evidence[i].Form, reading.Options.Sheet)
		require.Equal(t, 1234.5, *reading.TotalRevenue)
		require.Equal(t, "2025-03-01", *reading.FirstDay)
	}
	f, err = Survey(t.Context(), spreadsheet.Disk(path), contract.ReadOptions{Sheet: "Orders"}, spreadsheet.Limits{})
	require.NoError(t, err)
	require.True(t, f.Looked)
	require.Equal(t, 3, f.Header.Row)
	require.Equal(t, "given sheet\nfound decimal_mark , (1.234,50: 1)", told(&f.Reading))
	f, err = Survey(t.Context(), spreadsheet.Disk(path), contract.ReadOptions{HeaderRow: 1}, spreadsheet.Limits{})
	require.NoError(t, err)
	require.Empty(t, f.Reading.Questions, "a person has looked at this sheet")
}

// TestDeclaredTotals: the reader of workbooks tells the rows by this method.
func TestDeclaredTotals(t *testing.T) {
	require.Equal(t, []int{7}, declaredTotals(tableWithTotals{}))
	require.Nil(t, declaredTotals(0))
	k := kindFinder{reader: &reader{nulls: NewNullWords(contract.ReadOptions{})}, declared: []int{7}}
	r := &row{number: 7, reader: &rowReader{}}
	require.Equal(t, foundKind{isTotal, true}, k.look(r, true, 5, true))
}

type tableWithTotals struct{}

func (tableWithTotals) TotalsRows() []int { return []int{7} }

func TestDamagedFilesAreSurveyedAsFarAsTheyGo(t *testing.T) {
	f := surveyed(t, ordersOf(plainHeader, ";1,5", ";2,5")+"\"x", contract.ReadOptions{})
	require.Equal(t, "found decimal_mark , (1234,50: 2)", told(&f.Reading))
	_, err := Survey(t.Context(), spreadsheet.Disk(filepath.Join(t.TempDir(), "missing.csv")), contract.ReadOptions{}, spreadsheet.Limits{})
	require.ErrorAs(t, err, new(*spreadsheet.UnreadableError))
}

func TestWithoutAFolderForTemporaryFilesASurveySaysSo(t *testing.T) {
	var text strings.Builder
	text.WriteString(plainHeader + "\n")
	for i := range mostInMemory + 10 {
		fmt.Fprintf(&text, "%d;1.3.2025;5\n", i)
	}
	path := written(t, "orders.csv", text.String())
	missing := filepath.Join(t.TempDir(), "gone")
	t.Setenv("TMPDIR", missing)
	t.Setenv("TMP", missing)
	_, err := Survey(t.Context(), spreadsheet.Disk(path), contract.ReadOptions{}, spreadsheet.Limits{})
	require.ErrorAs(t, err, new(*spreadsheet.UnreadableError))
	require.ErrorContains(t, err, "more rows than fit into memory")
	_ = os.Remove(path)
}
