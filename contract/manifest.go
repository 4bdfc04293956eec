package contract

// Manifest is manifest.json in current/: which run's files are published. It is written last, so that what it says holds
// (RULES.md, Publication).
type Manifest struct {
	SchemaVersion int      `json:"schema_version"`
	RunID         string   `json:"run_id"`        // the run that published
	SourceRunID   *string  `json:"source_run_id"` // of a restore: the run whose folder holds the same files; nil where that is RunID
	PublishedAt   Time     `json:"published_at"`
	Files         []Output `json:"files"`
}

// FilesRun is the run whose folder holds the same files, which never change there.
func (m Manifest) FilesRun() string {
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
