package evidence

import (
	"path"
	"strconv"
	"strings"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// entity is a node of the crate's graph (RO-Crate 1.1, https://w3id.org/ro/crate/1.1).
type entity map[string]any

func ref(id string) entity { return entity{"@id": id} }

func refs(ids []string) []entity {
	out := make([]entity, 0, len(ids))
	for _, id := range ids {
		out = append(out, ref(id))
	}
	return out
}

// The identifiers of the graph's nodes that are no files.
const (
	crateProfile   = "https://w3id.org/ro/crate/1.1"
	processProfile = "https://w3id.org/ro/wfrun/process/0.5" // Process Run Crate: the run is a CreateAction
	pipelineID     = "#pipeline"
	personID       = "#requested-by"
	programID      = "#portal"
)

// crate is ro-crate-metadata.json. It is packed last, as it names the hashes of all other files.
func (b *bundle) crate() ([]byte, error) {
	id := b.Run.ID.String()
	var parts, listed, results []string
	files := make([]entity, 0, len(b.report.Files))
	for _, f := range b.report.Files {
		e := entity{"@id": f.Path, "@type": "File", "name": path.Base(f.Path), "encodingFormat": formatOf(f.Path), "description": about(f.Path)}
		if f.Size >= 0 {
			e["contentSize"] = strconv.FormatInt(f.Size, 10)
		}
		if f.SHA256 != "" {
			e["sha256"] = f.SHA256
		}
		if f.Embedded {
			parts = append(parts, f.Path)
		} else { // not part of the crate: it stays in the lakehouse, and its hash is what binds it
			e["@id"], e["@type"], e["alternateName"] = "#"+f.Path, "MediaObject", f.Path
			listed = append(listed, "#"+f.Path)
		}
		if outputOfRun(f) {
			results = append(results, e["@id"].(string))
		}
		files = append(files, e)
	}
	input := entity{"@id": "#input", "@type": "MediaObject", "name": b.Run.InputFile, "alternateName": artifacts.ImportFolder + "/" + b.Run.InputFile, "description": "The file that the run read; it stays in the lakehouse."}
	if sum, size := b.input(); sum != "" {
		input["sha256"] = sum
		if size > 0 {
			input["contentSize"] = strconv.FormatInt(size, 10)
		}
	}
	action := entity{
		"@id": "#run-" + id, "@type": "CreateAction", "name": "Run " + id, "instrument": ref(pipelineID), "agent": ref(personID),
		"object": []entity{ref("#input")}, "result": refs(results), "actionStatus": ref("http://schema.org/" + statusOf(b.Run.Status)),
	}
	if b.Run.StartedAt != nil {
		action["startTime"] = stamp(*b.Run.StartedAt)
	}
	if b.Run.FinishedAt != nil {
		action["endTime"] = stamp(*b.Run.FinishedAt)
	}
	if b.Run.ErrorMessage != "" {
		action["error"] = b.Run.ErrorMessage
	}
	root := entity{
		"@id": "./", "@type": "Dataset", "identifier": id, "name": "Evidence of run " + id,
		"description":   "What is known of one run of the governed pipeline: its row and events in the database, its documents and files, and their hashes.",
		"datePublished": stamp(b.made), "license": "For internal use; no right to publish is given.",
		"conformsTo": []entity{ref(processProfile)}, "hasPart": refs(parts), "mentions": refs(append([]string{"#run-" + id, "#input"}, listed...)), "creator": ref(programID),
	}
	graph := []entity{
		{"@id": crateFile, "@type": "CreativeWork", "about": ref("./"), "conformsTo": []entity{ref(crateProfile)}},
		root, action, input,
		{"@id": pipelineID, "@type": "SoftwareApplication", "name": "Pipeline in Microsoft Fabric", "identifier": b.Run.PipelineItemID, "softwareVersion": b.Run.NotebookVersion},
		{"@id": personID, "@type": "Person", "name": b.Run.TriggeredBy},
		{"@id": programID, "@type": "SoftwareApplication", "name": "Fabric Data Portal, " + b.Portal, "softwareVersion": b.Version},
		{"@id": processProfile, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
	}
	return asJSON(entity{
		// The first context has no term for a file's hash.
		"@context": []any{crateProfile + "/context", entity{"sha256": "https://schema.org/sha256"}},
		"@graph":   append(graph, files...),
	})
}

// outputOfRun tells the run's own files from those that the bundle adds.
func outputOfRun(f File) bool {
	switch f.Path {
	case runFile, eventsFile, listFile, sumsFile, pageFile, crateFile:
		return false
	}
	return true
}

// input is what is known of the file that the run read; "" and 0 where nothing is.
func (b *bundle) input() (sha256 string, size int64) {
	if b.metadata != nil && b.metadata.InputSHA256 != nil {
		sha256 = *b.metadata.InputSHA256
		if b.metadata.InputSizeBytes != nil {
			size = *b.metadata.InputSizeBytes
		}
		return sha256, size
	}
	if b.profile != nil {
		return b.profile.File.SHA256, b.profile.File.SizeBytes
	}
	if b.kpis != nil {
		return b.kpis.SourceSHA256, 0
	}
	return "", 0
}

func statusOf(s runs.Status) string {
	switch s {
	case runs.Succeeded:
		return "CompletedActionStatus"
	case runs.Failed:
		return "FailedActionStatus"
	default:
		return "ActiveActionStatus"
	}
}

func formatOf(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".json":
		return "application/json"
	case ".html":
		return "text/html"
	case ".csv":
		return "text/csv"
	case ".parquet":
		return "application/vnd.apache.parquet"
	case "":
		return "text/plain"
	}
	return "application/octet-stream"
}

func about(name string) string {
	switch path.Base(name) {
	case runFile:
		return "The run's row of the table pipeline_runs."
	case eventsFile:
		return "The run's events, oldest first, as the table run_events holds them and as people read them."
	case listFile:
		return "The run's rows of the table run_artifacts."
	case sumsFile:
		return "The SHA-256 of each file of this bundle; sha256sum -c compares them."
	case pageFile:
		return "This bundle as a page for people."
	case artifacts.KPIsFile:
		return "The run's KPIs."
	case artifacts.ProfileFile:
		return "The profile of the file that was imported."
	case artifacts.MetadataFile:
		return "What the notebook states of itself, its input and its outputs."
	case artifacts.CSVFile, artifacts.ParquetFile:
		return "The cleaned rows."
	}
	return "A file that the run wrote."
}
