package contract

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"

	"fabricportal/contract/internal/form"
)

// MaxDocument is how many bytes of a document are read. A usual document has some kilobytes; a column of 80,000 categories
// makes a kpis.json of 5 MB.
const MaxDocument = 16 << 20

// limits bound what a document within MaxDocument may hold, so that reading it takes 200 MB at most, whatever it is made of. A
// kpis.json of 300,000 groups keeps within them, as does each profile of the usual widths.
var limits = form.Limits{Bytes: MaxDocument, Values: 1_500_000, Items: 500_000, Keys: 1_000, Text: 4 << 20}

// MaxManifest is how many bytes of a manifest.json are read; a usual one has one kilobyte, one that lists outputs of 10,000 parts three
// megabytes.
const MaxManifest = 4 << 20

// MaxTotals is how many bytes of a kpis.json without its series and breakdowns are read.
const MaxTotals = 32 << 10

// ErrNewerVersion is returned for a document of a later form than this program knows.
type ErrNewerVersion struct {
	Document string
	Found    int
	Reads    int // the highest version that this program reads
}

func (e *ErrNewerVersion) Error() string {
	return fmt.Sprintf("%s has version %d, but this program reads version %d at most: update the program", e.Document, e.Found, e.Reads)
}

// FormError says why a document can't be read: it is no JSON, not as its schema says, or beyond what is read.
type FormError struct {
	Document string
	Reason   string // where in it, and what is wrong there, such as: total_revenue is a text, but must be a number
}

func (e *FormError) Error() string { return e.Document + " can't be read: " + e.Reason }

// Document is a document of the lakehouse.
type Document interface {
	ImportProfile | KPIs | RunMetadata | Manifest | ImportIndex
}

// kind is a document's forms by version, from 1; the last is what this program writes.
type kind []*form.Form

var forms = sync.OnceValue(func() (all struct{ profile, kpis, metadata, manifest, index kind }) {
	var files [][]byte
	for _, pattern := range []string{"*.schema.json", "earlier/*.schema.json"} {
		names, _ := fs.Glob(Schemas, pattern)
		for _, name := range names {
			data, _ := fs.ReadFile(Schemas, name)
			files = append(files, data)
		}
	}
	schemas, err := form.Parse(files...)
	if err != nil {
		panic(err) // embedded, and tested
	}
	compile := func(name string, versions int, within form.Limits) (k kind) {
		for v := range versions {
			f, err := form.Compile(schemas, fmt.Sprintf("urn:fabric-data-portal:%s:%d", name, v+1), within)
			if err != nil {
				panic(err) // embedded, and tested
			}
			k = append(k, f)
		}
		return k
	}
	all.profile, all.kpis, all.metadata = compile("import_profile", ProfileVersion, limits), compile("kpis", KPIsVersion, limits), compile("run_metadata", Version, limits)
	all.index = compile("import_index", ImportIndexVersion, limits)
	small := limits
	small.Bytes = MaxManifest
	all.manifest = compile("manifest", ManifestVersion, small)
	return all
})

// totals are the forms of a kpis.json without its series and breakdowns, as a list of runs has them.
var totals = sync.OnceValue(func() (k kind) {
	within := limits
	within.Bytes = MaxTotals
	for _, f := range forms().kpis {
		k = append(k, f.Without("time_series", "revenue_by_channel", "revenue_by_region", "revenue_by_product_category").Within(within))
	}
	return k
})

// Decode reads a document (ImportProfile, KPIs, RunMetadata, Manifest or ImportIndex) that is as the schema of its version says. name stands
// in the error messages. Errors are *FormError and, for a later version, *ErrNewerVersion.
func Decode[T Document](name string, data []byte) (T, error) {
	var doc T
	var k kind
	switch any(doc).(type) {
	case ImportProfile:
		k = forms().profile
	case KPIs:
		k = forms().kpis
	case RunMetadata:
		k = forms().metadata
	case Manifest:
		k = forms().manifest
	case ImportIndex:
		k = forms().index
	}
	if err := k.decode(name, data, &doc); err != nil {
		var none T
		return none, err
	}
	return doc, nil
}

// DecodeTotals is Decode for a kpis.json that may lack its series and breakdowns, and has at most MaxTotals bytes.
func DecodeTotals(name string, data []byte) (KPIs, error) {
	var k KPIs
	if err := totals().decode(name, data, &k); err != nil {
		return KPIs{}, err
	}
	return k, nil
}

// decode checks a document by the form of its version, and reads it into to.
func (k kind) decode(name string, data []byte, to any) error {
	f := k[len(k)-1]
	if raw, ok := form.Head(data, "schema_version"); ok {
		switch version, err := strconv.Atoi(raw); {
		case err != nil: // the form says what it must be
		case version > len(k) && len(data) <= MaxDocument && json.Valid(data):
			return &ErrNewerVersion{Document: name, Found: version, Reads: len(k)}
		case version > 0 && version < len(k):
			f = k[version-1]
		}
	}
	if err := f.Check(data); err != nil {
		return &FormError{Document: name, Reason: err.Error()}
	}
	if err := json.Unmarshal(data, to); err != nil {
		return &FormError{Document: name, Reason: "it holds a value that this program can't take: " + strings.TrimPrefix(err.Error(), "json: ")}
	}
	return nil
}
