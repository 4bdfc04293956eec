// Package contracttest makes documents as the schemas want them, for tests and stand-ins that need a few of their fields.
package contracttest

import (
	"cmp"
	"encoding/json"
	"time"

	"fabricportal/contract"
)

// Sum is the SHA-256 of an empty file.
const Sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// KPIs is a kpis.json with what change (may be nil) says of it. It panics where that does not fit the schema, as do the others.
func KPIs(change func(k *contract.KPIs)) []byte {
	var k contract.KPIs
	if change != nil {
		change(&k)
	}
	return text(WholeKPIs(k))
}

// Metadata is a run_metadata.json, as KPIs.
func Metadata(change func(m *contract.RunMetadata)) []byte {
	var m contract.RunMetadata
	if change != nil {
		change(&m)
	}
	return text(WholeMetadata(m))
}

// Profile is an import_profile.json, as KPIs.
func Profile(change func(p *contract.ImportProfile)) []byte {
	var p contract.ImportProfile
	if change != nil {
		change(&p)
	}
	return text(WholeProfile(p))
}

func text[T contract.Document](doc T) []byte {
	data, err := json.Marshal(doc)
	if err == nil {
		_, err = contract.Decode[T]("the document of a test", data)
	}
	if err != nil {
		panic(err)
	}
	return data
}

const (
	version = "1.0.0"
	name    = "sales_ingest"
	run     = "0192f0c1-2b3c-7d4e-8f50-6a7b8c9d0e1f"
	file    = "sales.csv"
)

// WholeKPIs fills what is empty.
func WholeKPIs(k contract.KPIs) contract.KPIs {
	k.SchemaVersion = contract.KPIsVersion
	instant(&k.ComputedAt)
	k.Generator = cmp.Or(k.Generator, contract.Generator{Name: name, Version: version})
	k.RunID = cmp.Or(k.RunID, new(run))
	k.SourceFile, k.SourceSHA256 = cmp.Or(k.SourceFile, file), cmp.Or(k.SourceSHA256, Sum)
	filled(&k.RevenueByChannel)
	filled(&k.RevenueByRegion)
	filled(&k.RevenueByProductCategory)
	k.TimeSeries.Granularity = cmp.Or(k.TimeSeries.Granularity, "daily")
	filled(&k.TimeSeries.Points)
	k.RowIs, k.Missing, k.ReadOptions = cmp.Or(k.RowIs, contract.RowIsOrder), cmp.Or(k.Missing, &contract.Missing{}), cmp.Or(k.ReadOptions, options())
	filled(&k.LeftOut)
	filled(&k.Currencies)
	if k.Conversion != nil {
		c := *k.Conversion
		c.Source, c.TotalVisitors = cmp.Or(c.Source, "configured"), cmp.Or(c.TotalVisitors, 1)
		k.Conversion = &c
	}
	return k
}

// WholeMetadata fills what is empty.
func WholeMetadata(m contract.RunMetadata) contract.RunMetadata {
	m.SchemaVersion, m.RunID = contract.Version, cmp.Or(m.RunID, run)
	m.Kind, m.Status, m.RequestedBy = cmp.Or(m.Kind, "ingest"), cmp.Or(m.Status, "started"), cmp.Or(m.RequestedBy, "ana@example.com")
	m.NotebookName, m.NotebookVersion = cmp.Or(m.NotebookName, name), cmp.Or(m.NotebookVersion, version)
	instant(&m.StartedAt)
	m.InputFile = cmp.Or(m.InputFile, file)
	if m.Environment == nil {
		m.Environment = map[string]string{}
	}
	m.Outputs = append([]contract.Output{}, m.Outputs...)
	for i := range m.Outputs {
		m.Outputs[i].Type, m.Outputs[i].SHA256 = cmp.Or(m.Outputs[i].Type, "json"), cmp.Or(m.Outputs[i].SHA256, Sum)
	}
	return m
}

// WholeProfile fills what is empty, but for what is in columns and checks.
func WholeProfile(p contract.ImportProfile) contract.ImportProfile {
	p.SchemaVersion = contract.ProfileVersion
	instant(&p.GeneratedAt)
	p.Generator, p.RunID = cmp.Or(p.Generator, contract.Generator{Name: name, Version: version}), cmp.Or(p.RunID, new(run))
	p.File.Name, p.File.Format, p.File.SHA256 = cmp.Or(p.File.Name, file), cmp.Or(p.File.Format, contract.FormatCSV), cmp.Or(p.File.SHA256, Sum)
	filled(&p.Sheets)
	filled(&p.Columns)
	filled(&p.SampleRows)
	p.Reading = cmp.Or(p.Reading, &contract.Reading{Options: *options(), Found: []contract.Found{}, Questions: []contract.Question{}, LeftOut: []contract.LeftOut{}})
	p.Validation.Status = cmp.Or(p.Validation.Status, contract.ValidationPassed)
	filled(&p.Validation.Checks)
	return p
}

func options() *contract.ReadOptions {
	return &contract.ReadOptions{SchemaVersion: contract.ReadOptionsVersion}
}

func instant(t *contract.Time) {
	if t.IsZero() {
		*t = contract.NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	}
}

// filled makes a list of none, which is written as null, an empty one.
func filled[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}
