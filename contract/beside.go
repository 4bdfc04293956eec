package contract

// Beside is what kpis.json says beside its sums, so that nobody takes them for more than they are (RULES.md, What stands beside the
// sums). It is empty in a document before version 3.
type Beside struct {
	OrdersWithoutAmount int64         `json:"orders_without_amount"` // of the orders
	AOVWithAmount       *float64      `json:"aov_with_amount"`       // of the others, rounded to cents; nil where there are none
	Currencies          []CurrencySum `json:"currencies"`            // empty where no column says the currency
	ReturnedOrCancelled *StatusSums   `json:"returned_or_cancelled"` // nil where no column says the status
	OrderIDsByCase      int64         `json:"order_ids_by_case"`     // that differ from an earlier one in upper and lower case only
}

// CurrencySum are the rows in one currency, with their revenue in it.
type CurrencySum struct {
	Currency *string `json:"currency"` // such as EUR; nil for rows that say none
	Rows     int64   `json:"rows"`
	Revenue  float64 `json:"revenue"` // rounded to cents
}

// StatusSums are the rows that are returned or cancelled. They are in all sums, as they stand.
type StatusSums struct {
	Column   string      `json:"column"` // its normalised name
	Rows     int64       `json:"rows"`
	Orders   int64       `json:"orders"`
	Revenue  float64     `json:"revenue"` // rounded to cents
	Statuses []StatusSum `json:"statuses"`
}

// StatusSum are the rows of one status.
type StatusSum struct {
	Status  string  `json:"status"` // a word of file_words.json
	Rows    int64   `json:"rows"`
	Revenue float64 `json:"revenue"` // rounded to cents
}

// Facts of Beside, as Fact.ID names them.
const (
	FactWithoutAmount = "orders_without_amount"
	FactCurrency      = "currency"
	FactStatus        = "returned_or_cancelled"
	FactCase          = "order_ids_by_case"
)

// Fact is one thing to know beside the sums.
type Fact struct {
	ID      string
	Name    string   // of a currency ("" for rows that say none), or of a status
	Rows    int64    // orders of FactWithoutAmount, order_ids of FactCase
	Revenue *float64 // of FactWithoutAmount the average of the other orders; nil where there is none
}

// Facts are what has to be told: nothing of one currency alone, or of what did not occur.
func (b *Beside) Facts() []Fact {
	var out []Fact
	if b.OrdersWithoutAmount > 0 {
		out = append(out, Fact{ID: FactWithoutAmount, Rows: b.OrdersWithoutAmount, Revenue: b.AOVWithAmount})
	}
	if len(b.Currencies) > 1 {
		for _, c := range b.Currencies {
			f := Fact{ID: FactCurrency, Rows: c.Rows, Revenue: &c.Revenue}
			if c.Currency != nil {
				f.Name = *c.Currency
			}
			out = append(out, f)
		}
	}
	if b.ReturnedOrCancelled != nil {
		for _, s := range b.ReturnedOrCancelled.Statuses {
			out = append(out, Fact{ID: FactStatus, Name: s.Status, Rows: s.Rows, Revenue: &s.Revenue})
		}
	}
	if b.OrderIDsByCase > 0 {
		out = append(out, Fact{ID: FactCase, Rows: b.OrderIDsByCase})
	}
	return out
}
