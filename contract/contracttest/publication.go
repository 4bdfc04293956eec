package contracttest

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
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
	m.Files = Outputs(files)
	return text(m)
}

// Outputs are the four files of a run. One of which there are only parts, such as sales_cleaned.csv/part-00000.csv, is a folder of them, in the
// order of their names.
func Outputs(files map[string]string) (out []contract.Output) {
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		o := contract.Output{Name: name, Type: kinds[name], SizeBytes: int64(len(files[name]))}
		var said strings.Builder
		said.WriteString(files[name])
		for _, path := range slices.Sorted(maps.Keys(files)) {
			if part, ok := strings.CutPrefix(path, name+"/"); ok {
				o.Parts = append(o.Parts, contract.OutputPart{Name: part, SizeBytes: int64(len(files[path])), SHA256: sum(files[path])})
				o.SizeBytes += int64(len(files[path]))
				said.WriteString(sum(files[path]) + "  " + part + "\n")
			}
		}
		o.SHA256 = sum(said.String())
		out = append(out, o)
	}
	return out
}

func sum(text string) string {
	hash := sha256.Sum256([]byte(text))
	return hex.EncodeToString(hash[:])
}
