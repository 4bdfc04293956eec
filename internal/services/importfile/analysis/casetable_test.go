package analysis_test

import "cmp"

// wanted is what is right for a file. What is zero is not looked at.
type wanted struct {
	rows           int64 // with a value below the header, without lines of dashes
	revenue        string
	orders         int64
	first, last    string
	header, hidden int64
	// asked are the questions, each with the revenue of its readings: then there are no KPIs, and one of the readings gives the
	// figures above.
	asked string
	// refused is part of the sentence that refuses the file: then there are no figures.
	refused string
	// reads says that the file is refused because a reader does not read it yet; once it does, the figures have to be these.
	reads bool
	// said are the options that were found, and the checks that fail, in their order.
	said string
}

const (
	march1, march28 = "2025-03-01", "2025-03-28"
	dec1, dec28     = "2025-12-01", "2025-12-28"
)

// plain is what most files hold: 40 orders of 1200.00 from 1 to 28 March 2025.
var plain = wanted{rows: 40, revenue: "1200.00", orders: 40, first: march1, last: march28}

// more is the plain outcome but for what is named.
func more(w wanted) wanted {
	w.rows, w.orders = cmp.Or(w.rows, plain.rows), cmp.Or(w.orders, plain.orders)
	w.revenue, w.first, w.last = cmp.Or(w.revenue, plain.revenue), cmp.Or(w.first, plain.first), cmp.Or(w.last, plain.last)
	return w
}

var (
	dateOrder  = more(wanted{said: "date_order"})
	timeZone   = more(wanted{said: "time_zone"})
	mark       = more(wanted{said: "decimal_mark"})
	headers    = more(wanted{said: "header_names"})
	leftOut    = more(wanted{rows: 41, said: "rows_no_orders rows_left_out"})
	realigned  = "shifted_rows 1200.00 1183.50"
	mustRefuse = func(sentence string) wanted { return wanted{refused: sentence} }
)

var wantedOfCases = map[string]wanted{
	"D01_us_dates.csv":                  dateOrder, // the days above 12 stand in the second place
	"D02_iso_z.csv":                     timeZone,
	"D03_shopify_offset.csv":            timeZone,
	"D04_sqlserver_millis.csv":          dateOrder,
	"D05_single_digits.csv":             dateOrder,
	"D06_two_digit_years.csv":           more(wanted{asked: "two_digit_years_from 1200.00 1200.00"}),
	"D07_single_digit_few.csv":          more(wanted{rows: 280, revenue: "42000.00", orders: 280, said: "date_order"}), // no order leaves the series
	"D08_compact.csv":                   dateOrder,
	"D10_24_hours.csv":                  dateOrder,
	"D11_1904_plain.xlsx":               more(wanted{first: "2025-03-03", last: "2025-04-11"}),
	"D12_1904_saved_by_excel_2013.xlsx": more(wanted{first: "2025-03-03", last: "2025-04-11"}),
	"D14_times_durations.xlsx":          plain,
	"D15_leap_1900.xlsx":                {rows: 40, refused: "4 of 40 rows have an order_date that is no date."}, // days that there are not
	"D16_formats.xlsx":                  {rows: 5, refused: "The required columns order_date and revenue are missing."},
	"H01_header_breaks_nbsp.xlsx":       headers,
	"H02_zero_width_header.csv":         plain,
	"H03_bom_utf16.csv":                 plain,
	"H04_sep_line.csv":                  plain,
	"H05_duplicate_revenue.csv":         headers,
	"H06_german_headers.csv":            more(wanted{asked: "columns 1200.00", said: "columns"}),
	"H07_units_in_header.csv":           more(wanted{asked: "columns 1200.00"}),
	"N01_thousands_few.csv":             more(wanted{revenue: "14513.67", said: "decimal_mark"}),
	"N02_thousands_all.csv":             more(wanted{revenue: "49380.00", said: "decimal_mark"}),
	"N03_german_excel.csv":              more(wanted{revenue: "49382.40", first: dec1, last: dec28, said: "decimal_mark"}),
	"N04_german_whole_thousands.csv":    more(wanted{revenue: "829360.00", first: dec1, last: dec28, asked: "decimal_mark 829.36 829360.00"}),
	"N05_decimal_comma_few.csv":         more(wanted{revenue: "1181.25", said: "decimal_mark"}),
	"N06_currency_sign.csv":             mark,
	"N07_parentheses_few.csv":           more(wanted{revenue: "1159.50", said: "decimal_mark revenue_not_negative"}),
	"N08_trailing_minus_few.csv":        more(wanted{revenue: "1159.50", said: "decimal_mark revenue_not_negative"}),
	"N09_unicode_minus.csv":             more(wanted{revenue: "1181.50", said: "decimal_mark revenue_not_negative"}),
	"N13_percent.csv":                   mark,
	"N14_ids_scientific.csv":            more(wanted{said: "order_id_case"}),
	"N16_ids_18_digits.xlsx":            {rows: 40, asked: "row_is 38.00 1200.00", said: "order_id_exact amounts_complete"}, // different orders share a number: a person decides
	"Q01_brotli.parquet":                plain,
	"Q01_gzip.parquet":                  plain,
	"Q01_lz4.parquet":                   plain,
	"Q01_none.parquet":                  plain,
	"Q01_snappy.parquet":                plain,
	"Q01_zstd.parquet":                  plain,
	"Q02_decimal.parquet":               plain,
	"Q03_int96.parquet":                 plain,
	"Q04_last_ms.parquet":               more(wanted{first: "2025-03-31", last: "2025-03-31"}),
	"Q06_nan_inf.parquet":               more(wanted{revenue: "1178.00", said: "revenue_valid"}),
	"Q08_list_column.parquet":           plain, // the list is left out, and named
	"Q09_binary_strings.parquet":        plain,
	"Q10_v2_delta.parquet":              plain,
	"Q11_many_groups.parquet":           plain,
	"Q12_names.parquet":                 plain,
	"Q13_pandas_index.parquet":          plain,
	"Q15_decimal_text_amounts.parquet":  mark,
	"Q18_timestamp_ns.parquet":          plain,
	"R01_total_row_named.csv":           leftOut,
	"R02_total_row_unnamed.csv":         leftOut,
	"R03_grand_total.xlsx":              leftOut,
	"R04_subtotals.csv":                 more(wanted{rows: 43, asked: "rows_no_orders 1200.00 1980.00", said: "rows_left_out"}), // one of three is the sum of nothing
	"R05_shopify_line_items.csv":        more(wanted{rows: 42, revenue: "1980.00", said: "row_is"}),
	"R06_line_totals.csv":               more(wanted{rows: 104, revenue: "9950.00", orders: 100, said: "row_is"}),
	"R07_header_repeated.csv":           leftOut,
	"R08_title_rows.csv":                more(wanted{header: 4, said: "header_row"}),
	"R09_comments.csv":                  more(wanted{header: 3, said: "header_row"}),
	"R10_merged_two_row_header.xlsx":    more(wanted{header: 2, said: "header_row"}),
	"R11_blank_leading_rows.xlsx":       more(wanted{header: 6}),
	"R12_filtered.xlsx":                 more(wanted{hidden: 30}),
	"R13_text_numbers.xlsx":             plain,
	"R15_errors_uncached.xlsx":          {rows: 40, refused: "3 of 40 rows have no revenue or one that is no number."},
	"R19_key_value_head.csv":            more(wanted{header: 5, said: "header_row"}),
	"T01_mac_cr.csv":                    plain,
	"T02_trailing_delimiter.csv":        plain,
	"T03_unquoted_comma.csv":            more(wanted{asked: realigned, said: "amounts_complete"}),
	"T04_shifted_row_same_width.csv":    more(wanted{asked: realigned, said: "amounts_complete"}),
	"T07_inner_quote.csv":               mustRefuse("line 6"),
	"T08_backslash_quotes.csv":          more(wanted{said: "quoting"}),
	"T09_gzip_named_csv.csv":            mustRefuse("packed with gzip"),
	"T10_html_named.xls.xlsx":           mustRefuse("a web page"),
	"T11_nul_padded.csv":                mustRefuse("T11_nul_padded.csv"),
	"T14_ctrl_z.csv":                    more(wanted{said: "rows_no_orders rows_left_out"}),
	"T15_sap_list.txt":                  more(wanted{header: 2, said: "header_row rows_no_orders header_names rows_left_out"}),
	"T16_null_words.csv":                more(wanted{revenue: "1174.00", said: "null_words revenue_valid"}),
	"T17_fullwidth_digits.csv":          mark,
	"T18_space_delimited.txt":           {rows: 40, refused: "as its delimiter"},
	"T19_key_blanks.csv":                more(wanted{said: "group_names"}),
	"T21_shift_into_empty_comment.csv":  more(wanted{revenue: "40780.00", asked: "shifted_rows 40780.00 38750.00", said: "amounts_complete"}),
	"T22_blank_lines_gap.csv":           more(wanted{rows: 1000, revenue: "510000.00", orders: 1000}),
	"W01_no_r.xlsx":                     plain,
	"W03_shared_empty_v.xlsx":           plain,
	"W04_empty_si_rich.xlsx":            plain,
	"W05_no_styles.xlsx":                plain,
	"W06_empty_fill.xlsx":               plain,
	"W07_backslash_parts.xlsx":          plain,
	"W08_absolute_targets.xlsx":         plain,
	"W09_wrong_rid.xlsx":                mustRefuse("no visible worksheet"),
	"W10_bad_dimension.xlsx":            plain,
	"W11_strict_iso_dates.xlsx":         plain,
	"W13_x_escapes.xlsx":                plain,
	"W14_prefixed_bom.xlsx":             plain,
	"W15_data_descriptors.xlsx":         plain,
	"W16_zip64.xlsx":                    plain,
	"W17_number_spellings.xlsx":         mark,
	"W18_cover_sheet.xlsx":              {revenue: "1200.00", orders: 40, first: march1, last: march28, asked: "sheet 1200.00"},
	"W19_far_cells.xlsx":                plain,
	"W20_excel_flush_blocks.xlsx":       plain,
	"W21_address_zero.xlsx":             plain,
}
