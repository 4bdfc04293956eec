package profile

import (
	"fmt"
	"slices"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/format"
)

// Sentence is what a check of a document says, from its id and what the document holds, so that it can be said in any language. A
// message that this does not give, as another version of the programs may have worded it, stays as it is.
func Sentence(p *contract.ImportProfile, c contract.Check) *format.Said {
	for _, said := range sentences(p, c) {
		if said.Error() != c.Message {
			continue
		}
		if c.ID == "reading_decided" && !c.Passed { // the options' names are no words; the screen asks the questions themselves
			return format.Say("This file can be read in more than one way: a person has to decide.")
		}
		return said
	}
	if m := c.Message; c.ID == "amounts_complete" && !c.Passed && p.Reading != nil {
		if money := lacking(p.Reading.Missing); strings.Contains(m, fmt.Sprintf(" with %.2f ", money)) { // a document groups no digits
			return format.SayN(c.Count, "{{.Rows}} with {{.Amount}} is missing from the sums.", "{{.Rows}} with {{.Amount}} are missing from the sums.",
				"Rows", shareOf(c.Count, p.RowCount), "Amount", format.Amount(money))
		}
	}
	return format.Say(c.Message)
}

// lacking is the money that is missing from the sums.
func lacking(m contract.Missing) float64 {
	return m.UnreadAmounts.Revenue + m.NoOrderID.Revenue + m.RepeatedOrderID.Revenue + m.ShiftedRows.Revenue
}

func shareOf(n, rows int64) *format.Said {
	return format.SayN(rows, "{{.Found}} of {{.N}} row", "{{.Found}} of {{.N}} rows", "Found", n)
}

// sentences are what a check may say of what the document holds.
func sentences(p *contract.ImportProfile, c contract.Check) []*format.Said {
	n, rows := c.Count, shareOf(c.Count, p.RowCount)
	of := func(passed, one, other string) []*format.Said {
		if c.Passed {
			return []*format.Said{format.Say(passed)}
		}
		return []*format.Said{format.SayN(n, one, other, "Rows", rows)}
	}
	switch c.ID {
	case "reading_decided":
		return decidedSentences(p, c)
	case "rows_present":
		return []*format.Said{
			format.Say("The file has no rows."), format.SayN(p.RowCount, "The file has {{.N}} row.", "The file has {{.N}} rows."),
		}
	case "required_columns":
		return columnSentences(true, "order_id", "order_date", "revenue")
	case "recommended_columns":
		return columnSentences(false, "channel", "region", "product_category")
	case "header_names":
		return []*format.Said{
			format.Say("All headers are well formed."),
			format.SayN(n, "{{.N}} header is blank, repeated or has blanks at its ends.", "{{.N}} headers are blank, repeated or have blanks at their ends."),
		}
	case "text_encoding":
		return encodingSentences(p, c)
	case "order_id_present":
		return absentOr("order_id", of("Every row has an order_id.", "{{.Rows}} has no order_id.", "{{.Rows}} have no order_id."))
	case "order_id_unique":
		return absentOr("order_id", of("No order_id is repeated.", "{{.Rows}} repeats an earlier order_id.", "{{.Rows}} repeat an earlier order_id."))
	case "order_id_exact":
		return slices.Concat(
			of("Every order_id is exact.", "{{.Rows}} has an order_id of more than 15 digits, of which Excel has lost the last ones.", "{{.Rows}} have an order_id of more than 15 digits, of which Excel has lost the last ones."),
			of("Every order_id is exact.", "{{.Rows}} has an order_id of more than 15 digits, stored as a number that has no room for the last ones.",
				"{{.Rows}} have an order_id of more than 15 digits, stored as a number that has no room for the last ones."))
	case "order_id_case":
		return of("No order_ids differ in upper and lower case only.", "{{.N}} order_id differs from an earlier one in upper and lower case only: they count as different orders.",
			"{{.N}} order_ids differ from earlier ones in upper and lower case only: they count as different orders.")
	case "order_date_valid":
		return absentOr("order_date", of("Every order_date is a date.", "{{.Rows}} has an order_date that is no date.", "{{.Rows}} have an order_date that is no date."))
	case "revenue_valid":
		return absentOr("revenue", of("Every revenue is a number.", "{{.Rows}} has no revenue or one that is no number.", "{{.Rows}} have no revenue or one that is no number."))
	case "one_currency":
		return of("All amounts are in one currency.", "{{.Rows}} is in another currency than most.", "{{.Rows}} are in another currency than most.")
	case "revenue_not_negative":
		return absentOr("revenue", of("No revenue is negative.", "{{.Rows}} has a negative revenue.", "{{.Rows}} have a negative revenue."))
	case "returned_or_cancelled":
		return of("No order is returned or cancelled, as far as a column tells.", "{{.Rows}} is returned or cancelled by a column of statuses, and counted all the same.",
			"{{.Rows}} are returned or cancelled by a column of statuses, and counted all the same.")
	case "amounts_complete":
		return []*format.Said{format.Say("Nothing is missing from the sums.")} // else Sentence words it, as it groups digits
	case "rows_left_out":
		return of("Every row is an order.", "{{.Rows}} is no order and is left out.", "{{.Rows}} are no orders and are left out.")
	case "group_names":
		return of("No groups differ in case or blanks only.", "{{.N}} group is written in several ways that differ in case or blanks only.",
			"{{.N}} groups are written in several ways that differ in case or blanks only.")
	}
	return nil
}

// absentOr adds that there is no such column.
func absentOr(column string, said []*format.Said) []*format.Said {
	return append(said, format.Say("There is no column {{.Column}} to check.", "Column", column))
}

func decidedSentences(p *contract.ImportProfile, c contract.Check) []*format.Said {
	if c.Passed || p.Reading == nil {
		return []*format.Said{format.Say("How the file is read is decided.")}
	}
	var ids []string
	for _, q := range p.Reading.Questions {
		ids = append(ids, q.ID)
	}
	return []*format.Said{format.Say("The file can be read in more than one way, and a person has to decide: {{.Questions}}.", "Questions", strings.Join(ids, ", "))}
}

// encodingSentences differ in whether the header is among what was found: it is no row of the file's.
func encodingSentences(p *contract.ImportProfile, c contract.Check) []*format.Said {
	said := []*format.Said{
		format.Say("Every text is in the file's encoding."),
		format.Say("The header has a text that is not in the encoding, or may be in another."),
		format.SayN(c.Count, "{{.Rows}} has a text that is not in the encoding, or may be in another.", "{{.Rows}} have a text that is not in the encoding, or may be in another.",
			"Rows", shareOf(c.Count, p.RowCount)),
	}
	return append(said, format.Say("The header and {{.Rows}} have a text that is not in the encoding, or may be in another.", "Rows", shareOf(c.Count-1, p.RowCount)))
}

// columnSentences say which of the columns that are looked for are missing, for each choice of them: a column that was given its role
// stands under its own name in the document.
func columnSentences(required bool, wanted ...string) []*format.Said {
	said := []*format.Said{format.Say("All recommended columns are there.")}
	if required {
		said = []*format.Said{format.Say("All required columns are there.")}
	}
	for choice := 1; choice < 1<<len(wanted); choice++ {
		var missing []string
		for i, name := range wanted {
			if choice&(1<<i) != 0 {
				missing = append(missing, name)
			}
		}
		n, last := int64(len(missing)), len(missing)-1
		list := any(missing[0])
		if last > 0 {
			list = format.Say("{{.First}} and {{.Last}}", "First", strings.Join(missing[:last], ", "), "Last", missing[last])
		}
		if !required {
			said = append(said, format.SayN(n, "The recommended column {{.Columns}} is missing.", "The recommended columns {{.Columns}} are missing.", "Columns", list))
			continue
		}
		one := format.SayN(n, "The required column {{.Columns}} is missing.", "The required columns {{.Columns}} are missing.", "Columns", list)
		said = append(said, one, format.Say("{{.Missing}} The file has one column only: if another character than , ; | or a tab separates its columns, say which, as its delimiter.", "Missing", one))
	}
	return said
}
