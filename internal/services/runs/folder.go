package runs

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/fabric/artifacts"
)

// folder is where the lakehouse has what one run left.
type folder struct {
	runs *Runs
	run  Run
	path string
}

func (r *Runs) folder(run Run) folder {
	return folder{r, run, artifacts.RunsFolder + "/" + run.ID.String()}
}

// metadata reads run_metadata.json, which says that it is the run's.
func (f folder) metadata(ctx context.Context) (contract.RunMetadata, error) {
	data, err := f.read(ctx, artifacts.MetadataFile)
	if err != nil {
		return contract.RunMetadata{}, err
	}
	meta, err := artifacts.Decode[contract.RunMetadata](f.path, artifacts.MetadataFile, data)
	if err == nil && !strings.EqualFold(meta.RunID, f.run.ID.String()) {
		return contract.RunMetadata{}, unfit(f.path, artifacts.MetadataFile, tell("other_run", "Document", artifacts.MetadataFile))
	}
	return meta, err
}

// kpis reads and checks the run's KPI snapshot, in a form that a jsonb column takes.
func (f folder) kpis(ctx context.Context) (json.RawMessage, error) {
	data, err := f.read(ctx, artifacts.KPIsFile)
	if err != nil {
		return nil, err
	}
	doc, err := artifacts.Decode[contract.KPIs](f.path, artifacts.KPIsFile, data)
	if err != nil {
		return nil, err
	}
	if doc.RunID == nil || !strings.EqualFold(*doc.RunID, f.run.ID.String()) {
		return nil, unfit(f.path, artifacts.KPIsFile, tell("other_run", "Document", artifacts.KPIsFile))
	}
	// Read and written once more, numbers as they stand: jsonb refuses halves of surrogate pairs and the NUL character,
	// and one bad text must not keep the run from ending.
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, unfit(f.path, artifacts.KPIsFile, tell("no_json", "Document", artifacts.KPIsFile, "Why", err))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, unfit(f.path, artifacts.KPIsFile, tell("not_storable", "Document", artifacts.KPIsFile, "Why", err))
	}
	if bytes.Contains(out.Bytes(), []byte(`\u0000`)) {
		return nil, unfit(f.path, artifacts.KPIsFile, tell("not_storable", "Document", artifacts.KPIsFile, "Why", tell("nul")))
	}
	text := bytes.TrimSpace(out.Bytes())
	// The database writes a blank behind each colon and comma: what would be too long to be read again is not written.
	if long := len(text) + bytes.Count(text, []byte(":")) + bytes.Count(text, []byte(",")); long > MaxKPIs {
		return nil, &artifacts.TooLargeError{Path: f.path + "/" + artifacts.KPIsFile, Size: int64(long), Limit: MaxKPIs}
	}
	return text, nil
}

// unfit is a document that does not become fit by waiting.
func unfit(folder, name string, why *format.Said) error {
	return &artifacts.DocumentError{Path: folder + "/" + name, Err: why}
}

func (f folder) read(ctx context.Context, name string) (data []byte, err error) {
	err = f.runs.within(ctx, func(ctx context.Context) (err error) {
		data, err = artifacts.ReadDocument(ctx, f.runs.files, f.path+"/"+name)
		return err
	})
	return data, err
}

// outputs lists the folder as rows of run_artifacts. An output that is a folder of parts is one row, as its metadata tells of it.
func (f folder) outputs(ctx context.Context, meta contract.RunMetadata) ([]Artifact, error) {
	var files []artifacts.File
	err := f.runs.within(ctx, func(ctx context.Context) (err error) { files, err = f.runs.files.List(ctx, f.path); return err })
	if err != nil {
		return nil, err
	}
	var list []Artifact
	for _, file := range files {
		kind := artifactType(file.Name)
		if kind == "" || !plaintext.Shows(file.Name, MaxName) {
			continue
		}
		path := f.path + "/" + file.Name
		size := file.Size
		list = append(list, Artifact{ID: DerivedID(f.run.ID, path), RunID: f.run.ID, Type: kind, Path: path, Size: &size})
	}
	for _, o := range meta.Outputs {
		path := f.path + "/" + o.Name
		folder := len(o.Parts) > 0 && meta.SourceRunID == nil && (o.Name == artifacts.ParquetFile || o.Name == artifacts.CSVFile)
		if folder && !slices.ContainsFunc(list, func(a Artifact) bool { return a.Path == path }) {
			size := o.SizeBytes
			list = append(list, Artifact{ID: DerivedID(f.run.ID, path), RunID: f.run.ID, Type: artifactType(o.Name), Path: path, Size: &size})
		}
	}
	if len(list) == 0 {
		return nil, tell("folder_empty", "Folder", f.path)
	}
	return list, nil
}

// artifactType is the run_artifacts.artifact_type of a file; "" for a file that is none.
func artifactType(name string) string {
	switch {
	case name == artifacts.ProfileFile:
		return "profile"
	case name == artifacts.MetadataFile:
		return "metadata"
	case strings.HasSuffix(name, ".parquet"):
		return "parquet"
	case strings.HasSuffix(name, ".csv"):
		return "csv"
	case strings.HasSuffix(name, ".json"):
		return "json"
	}
	return ""
}
