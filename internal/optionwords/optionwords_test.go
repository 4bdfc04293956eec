package optionwords

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/format"
)

func textProfile() *contract.ImportProfile {
	return &contract.ImportProfile{File: contract.File{Format: contract.FormatCSV}, Columns: []contract.Column{{Name: "Umsatz "}, {Name: "Kanal"}, {Name: " "}}}
}

func bookProfile() *contract.ImportProfile {
	return &contract.ImportProfile{File: contract.File{Format: contract.FormatXLSX}, Sheets: []contract.Sheet{{Name: "Cover"}, {Name: "Orders", Hidden: true}},
		Columns: []contract.Column{{Name: "Umsatz"}}}
}

// TestEachOptionHasALine: what a document can say of how a file is read can be seen and changed in the window.
func TestEachOptionHasALine(t *testing.T) {
	var schema struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	data, err := contract.Schemas.ReadFile("read_options.schema.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &schema))
	have := map[string]bool{"schema_version": true}
	for _, p := range []*contract.ImportProfile{textProfile(), bookProfile()} {
		for _, l := range Lines(format.English, p) {
			have[l.Option] = true
		}
	}
	for name := range schema.Properties {
		require.True(t, have[name], name)
	}
}

// TestALineSetsWhatItShows: each value that can be chosen is one that read_options takes, and is shown again as it was chosen.
func TestALineSetsWhatItShows(t *testing.T) {
	typed := map[string]string{"header_row": "4", "end_rows": "2", "time_zone": "Europe/Berlin", "null_words": "n/a, -"}
	for _, p := range []*contract.ImportProfile{textProfile(), bookProfile()} {
		for _, l := range Lines(format.English, p) {
			values := []string{typed[l.Option]}
			if l.Values != nil {
				values = nil
				for _, v := range l.Values {
					values = append(values, v.Value)
				}
			}
			for _, v := range values {
				o := contract.ReadOptions{SchemaVersion: 1}
				l.Set(&o, v)
				require.Equal(t, v, l.Get(&o), l.Option)
				require.NoError(t, o.Check(), "%s %q", l.Option, v)
				require.False(t, o.Plain(), "%s %q", l.Option, v)
				l.Set(&o, "")
				require.True(t, o.Plain(), "%s is taken back", l.Option)
			}
		}
	}
}

func TestAColumnIsChangedWithoutTouchingTheOptionsBefore(t *testing.T) {
	before := map[string]string{"revenue": "Umsatz", "region": "Gebiet"}
	require.Equal(t, map[string]string{"revenue": "Betrag", "region": "Gebiet"}, withColumn(before, "revenue", "Betrag"))
	require.Equal(t, map[string]string{"region": "Gebiet"}, withColumn(before, "revenue", ""))
	require.Equal(t, map[string]string{"revenue": "Umsatz", "region": "Gebiet"}, before)
	require.Nil(t, withColumn(map[string]string{"revenue": "Umsatz"}, "revenue", ""))
}

func TestOptionsAreSaid(t *testing.T) {
	require.Empty(t, Said(format.English, nil))
	require.Empty(t, Said(format.English, &contract.ReadOptions{SchemaVersion: 1}))
	require.Equal(t, "Sheet: Orders · Decimal mark: comma (1.234,50) · Column revenue: Umsatz",
		Said(format.English, &contract.ReadOptions{SchemaVersion: 1, Sheet: "Orders", DecimalMark: ",", Columns: map[string]string{"revenue": "Umsatz"}}))
}
