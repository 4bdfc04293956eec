package contract

import (
	_ "embed" // file_words.json
	"encoding/json"
	"sync"
)

//go:embed file_words.json
var fileWords []byte

// FileWords are the words by which columns, totals, currencies, months and empty cells are told in import files
// (file_words.json; RULES.md says how they are compared).
type FileWords struct {
	Version         int               `json:"version"`
	Roles           []Role            `json:"roles"`
	Units           []string          `json:"units"`
	CurrencyCodes   []string          `json:"currency_codes"`
	CurrencySigns   []string          `json:"currency_signs"`
	CurrencyOf      map[string]string `json:"currency_of"` // sign to code, where a sign names one currency
	CurrencyColumns []string          `json:"currency_columns"`
	StatusColumns   []string          `json:"status_columns"` // the first that a file has counts, as of VisitorColumns
	NotFulfilled    []string          `json:"returned_or_cancelled"`
	VisitorColumns  []string          `json:"visitor_columns"`
	Totals          []string          `json:"totals"`
	NullWords       []string          `json:"null_words"`
	Months          map[string]int    `json:"months"`
}

// Role is what a column can be, and the names that such columns have.
type Role struct {
	Role     string   `json:"role"`
	Required bool     `json:"required"`
	Names    []string `json:"names"`
}

// Words gives the words of import files. They are not to be changed.
var Words = sync.OnceValue(func() *FileWords {
	var w FileWords
	if err := json.Unmarshal(fileWords, &w); err != nil {
		panic("file_words.json: " + err.Error()) // it is part of the program, and tested
	}
	return &w
})
