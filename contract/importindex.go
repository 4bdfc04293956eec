package contract

// ImportIndex is index.json in Files/results/profiles: the files of Files/import, and which profile tells of each (RULES.md, Profiles only).
type ImportIndex struct {
	SchemaVersion int           `json:"schema_version"`
	ListedAt      Time          `json:"listed_at"`
	Generator     Generator     `json:"generator"`
	Files         []IndexedFile `json:"files"`
}

// IndexedFile is a file in Files/import. Its profile is named by SHA256 where Error is nil; both are nil until it was looked at.
type IndexedFile struct {
	Name         string  `json:"name"`
	SizeBytes    int64   `json:"size_bytes"`
	LastModified Time    `json:"last_modified"`
	SHA256       *string `json:"sha256"`
	Error        *string `json:"error"` // why there is no profile, in one sentence
}

// File is what the index says of a file; false where it names none of this name.
func (i ImportIndex) File(name string) (IndexedFile, bool) {
	for _, f := range i.Files {
		if f.Name == name {
			return f, true
		}
	}
	return IndexedFile{}, false
}
