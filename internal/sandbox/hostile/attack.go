package hostile

import (
	"context"
	"net/http"
	"slices"

	"github.com/jackc/pgx/v5"

	"fabricportal/internal/sandbox/standin"
)

// Place is where an attack strikes; a round has one of each.
type Place string

// The places.
const (
	SignIn    Place = "sign-in"          // Entra's answers
	Jobs      Place = "jobs"             // Fabric's answers
	Import    Place = "import folder"    // the listing of Files/import, and what is in its files
	Documents Place = "documents"        // kpis.json, import_profile.json, run_metadata.json
	Rows      Place = "rows"             // sales_cleaned.parquet
	Text      Place = "text of the rows" // sales_cleaned.csv
	Database  Place = "database"         // the five tables
)

var places = []Place{SignIn, Jobs, Import, Documents, Rows, Text, Database}

// Attack is one thing that is done to the desktops.
type Attack struct {
	Name  string
	Place Place
	What  string // in one line

	service standin.Service
	serve   func(o *Outside, w http.ResponseWriter, r *http.Request) bool // answers, or returns false
	fill    func(ctx context.Context, o *Outside, tx pgx.Tx) error        // puts rows into the tables
	files   func() map[string]file                                        // what serve serves, where that does not depend on the world
	goOn    func(ctx context.Context, o *Outside) (func(), error)         // begins what goes on until ctx ends, which the function does
}

// attacks are all there are, in the order of their places.
var attacks = slices.Concat(signInAttacks(), jobAttacks(), importAttacks(), documentAttacks(), rowAttacks(), textAttacks(), databaseAttacks())

// All are the attacks.
func All() []Attack { return slices.Clone(attacks) }

// At are the attacks on a place.
func At(place Place) []Attack {
	return slices.DeleteFunc(All(), func(a Attack) bool { return a.Place != place })
}
