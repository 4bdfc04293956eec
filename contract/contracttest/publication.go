package contracttest

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"time"

	"fabricportal/contract"
)

// kinds are the types of the four files that a run publishes.
var kinds = map[string]string{"sales_cleaned.parquet": "parquet", "sales_cleaned.csv": "csv", "import_profile.json": "profile", "kpis.json": "json"}

// Published are the four files of a run, by name, as its folder and current/ hold them: with documents of the run, and rows that name it.
func Published(run string, change func(k *contract.KPIs)) map[string]string {
	return map[string]string{
		"sales_cleaned.parquet": "PAR1 " + run, "sales_cleaned.csv": "order_id,revenue\n" + run + ",1\n",
		"import_profile.json": string(Profile(func(p *contract.ImportProfile) { p.RunID = &run })),
		"kpis.json": string(KPIs(func(k *contract.KPIs) {
			if k.RunID = &run; change != nil {
				change(k)
			}
		})),
	}
}

// Manifest is a manifest.json of the run that published these files, which are those of source where that is not "".
func Manifest(run, source string, files map[string]string) []byte {
	m := contract.Manifest{SchemaVersion: contract.ManifestVersion, RunID: run, PublishedAt: contract.NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))}
	if source != "" {
		m.SourceRunID = &source
	}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		hash := sha256.Sum256([]byte(files[name]))
		m.Files = append(m.Files, contract.Output{Name: name, Type: kinds[name], SizeBytes: int64(len(files[name])), SHA256: hex.EncodeToString(hash[:])})
	}
	return text(m)
}
