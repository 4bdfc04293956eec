package artifacts

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
)

// indexOf is an index.json of that moment.
func indexOf(t *testing.T, at time.Time, files ...contract.IndexedFile) string {
	t.Helper()
	data, err := json.Marshal(contract.ImportIndex{SchemaVersion: contract.ImportIndexVersion, ListedAt: contract.NewTime(at),
		Generator: contract.Generator{Name: "sales_ingest", Version: "1.1.0"}, Files: files})
	require.NoError(t, err)
	return string(data)
}

func TestImportsOfTheIndex(t *testing.T) {
	l, o := newLake(t)
	a := NewArtifactOnly(o, func(context.Context) ([]string, error) { return []string{run1, run2}, nil })
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	sum, other := strings.Repeat("a", 64), strings.Repeat("b", 64)
	damaged := "b.xlsx is damaged: save it again."
	l.put(ProfilesFolder+"/"+IndexFile, indexOf(t, day.Add(24*time.Hour),
		contract.IndexedFile{Name: "a.csv", SizeBytes: 10, LastModified: contract.NewTime(day), SHA256: &sum},
		contract.IndexedFile{Name: "b.xlsx", SizeBytes: 20, LastModified: contract.NewTime(day.Add(time.Hour)), SHA256: &other, Error: &damaged},
		contract.IndexedFile{Name: "c.csv", SizeBytes: 30, LastModified: contract.NewTime(day.Add(2 * time.Hour))},
		contract.IndexedFile{Name: "again.csv", SizeBytes: 10, LastModified: contract.NewTime(day.Add(3 * time.Hour)), SHA256: &sum},
		contract.IndexedFile{Name: "../evil", LastModified: contract.NewTime(day)},
	))
	l.put(ProfilesFolder+"/"+sum+".json", string(contracttest.Profile(func(p *contract.ImportProfile) {
		p.File.Name, p.File.SHA256, p.SampleRows = "a.csv", sum, [][]any{{"A1"}}
	})))
	l.put(RunsFolder+"/"+run1+"/"+ProfileFile, profileOf(t, "removed.csv", 5, day))                 // before the folder was listed
	l.put(RunsFolder+"/"+run2+"/"+ProfileFile, profileOf(t, "later.csv", 7, day.Add(48*time.Hour))) // after it

	files, err := a.ListImport(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"later.csv", "again.csv", "c.csv", "b.xlsx", "a.csv"}, filesOf(files))
	assert.Equal(t, File{Name: "a.csv", Path: "Files/import/a.csv", Size: 10, Modified: day}, files[4])
	assert.Zero(t, l.requests("GET /"+ws+"?"), "no folder was ever listed")

	for _, name := range []string{"a.csv", "again.csv"} {
		p, err := a.ImportProfile(t.Context(), name)
		require.NoError(t, err)
		assert.Equal(t, name, p.File.Name)
		assert.Equal(t, [][]any{{"A1"}}, p.SampleRows)
	}
	p, err := a.ImportProfile(t.Context(), "later.csv")
	require.NoError(t, err)
	assert.Equal(t, int64(7), p.File.SizeBytes)
	var none *NoProfileError
	_, err = a.ImportProfile(t.Context(), "b.xlsx")
	require.ErrorAs(t, err, &none)
	require.EqualError(t, err, damaged)
	_, err = a.ImportProfile(t.Context(), "c.csv")
	require.ErrorAs(t, err, &none)
	require.EqualError(t, err, "c.csv has not been looked at yet: run the pipeline sales_ingest with profile_only")
	var missing *NotFoundError
	for _, name := range []string{"removed.csv", "x.csv"} {
		_, err = a.ImportProfile(t.Context(), name)
		require.ErrorAs(t, err, &missing)
	}

	// A run of a file after the folder was listed knows it better.
	l.put(RunsFolder+"/"+run3+"/"+ProfileFile, profileOf(t, "a.csv", 11, day.Add(72*time.Hour)))
	a = NewArtifactOnly(o, func(context.Context) ([]string, error) { return []string{run3}, nil })
	files, err = a.ListImport(t.Context())
	require.NoError(t, err)
	assert.Equal(t, int64(11), files[0].Size)

	// A profile under another one's name is none.
	l.put(ProfilesFolder+"/"+sum+".json", profileOf(t, "a.csv", 1, day))
	_, err = NewArtifactOnly(o, nil).ImportProfile(t.Context(), "a.csv")
	var wrong *DocumentError
	require.ErrorAs(t, err, &wrong)
}

func TestAnIndexThatCantBeReadIsNone(t *testing.T) {
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	for _, text := range []string{"", "{", `{"schema_version":99}`, `{"schema_version":1,"files":null}`} {
		l, o := newLake(t)
		l.put(ProfilesFolder+"/"+IndexFile, text)
		l.put(RunsFolder+"/"+run1+"/"+ProfileFile, profileOf(t, "jan.xlsx", 100, day))
		files, err := NewArtifactOnly(o, func(context.Context) ([]string, error) { return []string{run1}, nil }).ListImport(t.Context())
		require.NoError(t, err, text)
		assert.Equal(t, []string{"jan.xlsx"}, filesOf(files), text)
	}
}

// TestAProfileIsOfThisVeryContent: by a hash that is known, or by the size and time that the index has.
func TestAProfileIsOfThisVeryContent(t *testing.T) {
	l, o := newLake(t)
	day := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	sum, other, wrong := strings.Repeat("a", 64), strings.Repeat("b", 64), strings.Repeat("c", 64)
	damaged := "b.xlsx is damaged: save it again."
	l.put(ProfilesFolder+"/"+IndexFile, indexOf(t, day.Add(time.Hour),
		contract.IndexedFile{Name: "a.csv", SizeBytes: 10, LastModified: contract.NewTime(day), SHA256: &sum},
		contract.IndexedFile{Name: "b.xlsx", SizeBytes: 10, LastModified: contract.NewTime(day), SHA256: &sum, Error: &damaged},
		contract.IndexedFile{Name: "c.csv", SizeBytes: 10, LastModified: contract.NewTime(day)},
		contract.IndexedFile{Name: "d.csv", SizeBytes: 10, LastModified: contract.NewTime(day), SHA256: &other},
		contract.IndexedFile{Name: "e.csv", SizeBytes: 10, LastModified: contract.NewTime(day), SHA256: &wrong},
	))
	put := func(name, is string) {
		l.put(ProfilesFolder+"/"+name+".json", string(contracttest.Profile(func(p *contract.ImportProfile) { p.File.Name, p.File.SHA256, p.File.SizeBytes = "first.csv", is, 10 })))
	}
	put(sum, sum)
	put(wrong, sum)
	ran, given := strings.Repeat("d", 64), false
	publish := func() {
		l.put(CurrentFolder+"/"+ProfileFile, string(contracttest.Profile(func(p *contract.ImportProfile) {
			p.RunID, p.File.Name, p.File.SHA256, p.File.SizeBytes, p.File.LastModified = new(uuid.NewString()), "ran.csv", ran, 20, new(contract.NewTime(day))
			p.Reading = &contract.Reading{
				Options: contract.ReadOptions{SchemaVersion: contract.ReadOptionsVersion}, Found: []contract.Found{}, Questions: []contract.Question{}, LeftOut: []contract.LeftOut{},
			}
			if given {
				p.Reading.Found = []contract.Found{{Option: "row_is", Source: contract.SourceGiven, Evidence: []contract.Evidence{}}}
			}
		})))
	}
	publish()
	for what, c := range map[string]struct {
		file File
		hash string
		is   bool
	}{
		"as the index has it":      {File{Name: "a.csv", Size: 10, Modified: day.Add(time.Millisecond)}, "", true},
		"another size":             {File{Name: "a.csv", Size: 11, Modified: day}, "", false},
		"another time":             {File{Name: "a.csv", Size: 10, Modified: day.Add(time.Second)}, "", false},
		"no time":                  {File{Name: "a.csv", Size: 10}, "", false},
		"not in the index":         {File{Name: "x.csv", Size: 10, Modified: day}, "", false},
		"by its hash":              {File{Name: "x.csv", Size: 10, Modified: day.Add(time.Hour)}, sum, true},
		"its hash, another size":   {File{Name: "x.csv", Size: 11}, sum, false},
		"damaged":                  {File{Name: "b.xlsx", Size: 10, Modified: day}, "", false},
		"not looked at":            {File{Name: "c.csv", Size: 10, Modified: day}, "", false},
		"the profile is gone":      {File{Name: "d.csv", Size: 10, Modified: day}, "", false},
		"the profile is another's": {File{Name: "e.csv", Size: 10, Modified: day}, "", false},
		"as a run has read it":     {File{Name: "ran.csv", Size: 20, Modified: day}, "", true},
		"read by a run, by hash":   {File{Name: "x.csv", Size: 20}, ran, true},
		"changed since the run":    {File{Name: "ran.csv", Size: 20, Modified: day.Add(time.Second)}, "", false},
		"longer since the run":     {File{Name: "ran.csv", Size: 21, Modified: day}, "", false},
		"another than the run's":   {File{Name: "ran.csv", Size: 20, Modified: day}, other, false},
	} {
		p, err := ProfileOf(t.Context(), o, c.file, c.hash)
		require.NoError(t, err, what)
		require.Equal(t, c.is, p != nil, what)
		if p != nil {
			require.Equal(t, c.file.Name, p.File.Name)
		}
	}
	given = true
	publish()
	p, err := ProfileOf(t.Context(), o, File{Name: "ran.csv", Size: 20, Modified: day}, "")
	require.NoError(t, err)
	require.Nil(t, p, "somebody had decided how it is read")
}
