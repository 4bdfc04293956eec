package contract

// Manifest is manifest.json in current/: which run is published, and what its four files are. A run is published exactly when it
// names it (RULES.md, Publication).
type Manifest struct {
	SchemaVersion int      `json:"schema_version"`
	RunID         string   `json:"run_id"`        // the run that published
	SourceRunID   *string  `json:"source_run_id"` // of a restore: the run whose folder holds the same files; nil where that is RunID
	PublishedAt   Time     `json:"published_at"`
	Files         []Output `json:"files"`
}

// Whole tells what the schema can't say: each of the four files stands in it once. name stands in the error, a *FormError.
func (m Manifest) Whole(name string) error {
	seen := map[string]bool{}
	for _, f := range m.Files {
		if seen[f.Name] {
			return &FormError{Document: name, Reason: "files has " + f.Name + " twice"}
		}
		seen[f.Name] = true
	}
	return nil
}

// Home is the run whose folder holds the same files, which never change there.
func (m Manifest) Home() string {
	if m.SourceRunID != nil {
		return *m.SourceRunID
	}
	return m.RunID
}

// File is what the manifest says of a file; false where it names none of this name.
func (m Manifest) File(name string) (Output, bool) {
	for _, f := range m.Files {
		if f.Name == name {
			return f, true
		}
	}
	return Output{}, false
}
