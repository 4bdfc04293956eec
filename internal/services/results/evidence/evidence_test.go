package evidence

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/setup/secrets"
)

// lake is files in memory.
type lake map[string]string

func (l lake) Open(_ context.Context, path string) (io.ReadCloser, artifacts.File, error) {
	text, ok := l[path]
	if !ok {
		return nil, artifacts.File{}, &artifacts.NotFoundError{Path: path}
	}
	return io.NopCloser(strings.NewReader(text)), artifacts.File{Path: path, Size: int64(len(text))}, nil
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

const password = "correct horse battery staple"

// input is a run of a small file, with its figures really computed.
func input(t *testing.T) (Input, lake) {
	t.Helper()
	csv := filepath.Join(t.TempDir(), "sales.csv")
	require.NoError(t, os.WriteFile(csv, []byte("order_id,order_date,channel,region,product_category,quantity,unit_price,discount,revenue\n"+
		"A1,2025-01-01,Web,North,Toys,1,10,0,10\nA2,2025-01-02,<b>Shop</b>,South,Books,2,20,0,40\n"), 0o600))
	found, err := analysis.File(t.Context(), csv, analysis.Options{Parts: analysis.KPIs, Version: "1"})
	require.NoError(t, err)
	require.NoError(t, found.KPIError)
	id := uuid.MustParse("01a2086b-0218-7102-aa93-7edc672e8494")
	begin := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	end := begin.Add(90 * time.Second)
	folder := artifacts.RunsFolder + "/" + id.String() + "/"
	files := lake{folder + artifacts.CSVFile: "order_id\nA1\nA2\n", folder + artifacts.ParquetFile: "PAR1 rows PAR1"}
	figures, err := json.MarshalIndent(found.KPIs, "", " ")
	require.NoError(t, err)
	profile, err := json.Marshal(found.Profile)
	require.NoError(t, err)
	sum := found.Profile.File.SHA256
	ended := contract.NewTime(end)
	metadata, err := json.Marshal(contracttest.WholeMetadata(contract.RunMetadata{
		RunID: id.String(), Kind: "ingest", Status: "succeeded", NotebookVersion: "7", StartedAt: contract.NewTime(begin), FinishedAt: &ended,
		InputFile: "sales.csv", InputSHA256: &sum, Rows: &contract.RowCounts{Read: 2, Written: 2},
		Outputs: []contract.Output{
			{Name: artifacts.CSVFile, Type: "csv", SizeBytes: 15, SHA256: sumOf(files[folder+artifacts.CSVFile])},
			{Name: artifacts.ParquetFile, Type: "parquet", SizeBytes: 14, SHA256: sumOf(files[folder+artifacts.ParquetFile])},
			{Name: artifacts.KPIsFile, Type: "json", SizeBytes: int64(len(figures)), SHA256: sumOf(string(figures))},
		},
	}))
	require.NoError(t, err)
	size := int64(15)
	redactor := secrets.NewRedactor(secrets.New(password))
	return Input{
		Run: runs.Run{ID: id, CreatedAt: begin, StartedAt: &begin, FinishedAt: &end, TriggeredBy: "ana", InputFile: "sales.csv", Status: runs.Succeeded, PipelineItemID: "p", NotebookVersion: "7", AppVersion: "1"},
		Events: []runs.Event{
			{ID: uuid.New(), RunID: id, Time: begin, Type: runs.StatusChange, Message: runs.Change{To: runs.Submitted, Reason: "ana asked for it"}.Message()},
			{ID: uuid.New(), RunID: id, Time: end, Type: runs.Warning, Message: "<script>alert(1)</script> & so on"},
		},
		Artifacts: []runs.Artifact{
			{ID: uuid.New(), RunID: id, Type: "csv", Path: folder + artifacts.CSVFile, Size: &size},
			{ID: uuid.New(), RunID: id, Type: "parquet", Path: folder + artifacts.ParquetFile},
			{ID: uuid.New(), RunID: id, Type: "json", Path: folder + artifacts.KPIsFile},
		},
		KPIs: figures, Profile: profile, Metadata: metadata, Files: files, Embed: true, Redact: redactor.Redact, Portal: "Production", Version: "1",
	}, files
}

// pack makes the bundle and unpacks it.
func pack(t *testing.T, in Input) (map[string]string, Report, []byte) {
	t.Helper()
	var out bytes.Buffer
	report, err := Write(t.Context(), &out, in, nil)
	require.NoError(t, err)
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	files := map[string]string{}
	for _, f := range z.File {
		require.True(t, filepath.IsLocal(f.Name))
		r, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(r)
		require.NoError(t, err)
		files[f.Name] = string(data)
	}
	require.Len(t, files, len(z.File), "no file is there twice")
	return files, report, out.Bytes()
}

func TestTheBundleIsACrateThatProvesItself(t *testing.T) {
	in, _ := input(t)
	files, report, first := pack(t, in)
	require.Empty(t, report.Problems)
	_, _, again := pack(t, in)
	require.Equal(t, first, again, "the same input gives the same bytes")

	sums := strings.Split(strings.TrimSpace(files[sumsFile]), "\n")
	checked := map[string]bool{}
	for _, line := range sums {
		sum, name, ok := strings.Cut(line, "  ")
		require.True(t, ok)
		require.Contains(t, files, name)
		require.Equal(t, sumOf(files[name]), sum, name)
		checked[name] = true
	}
	for name := range files {
		require.True(t, checked[name] || name == sumsFile || name == crateFile, name)
	}
	require.Equal(t, string(in.KPIs), files[artifacts.KPIsFile], "the KPIs are the lakehouse's, byte by byte")
	require.Equal(t, "PAR1 rows PAR1", files[filesDir+artifacts.ParquetFile])

	var crate struct {
		Context []any            `json:"@context"`
		Graph   []map[string]any `json:"@graph"`
	}
	require.NoError(t, json.Unmarshal([]byte(files[crateFile]), &crate))
	require.Equal(t, "https://w3id.org/ro/crate/1.1/context", crate.Context[0])
	nodes := map[string]map[string]any{}
	for _, n := range crate.Graph {
		id := n["@id"].(string)
		require.NotContains(t, nodes, id)
		nodes[id] = n
	}
	root := nodes["./"]
	for _, key := range []string{"name", "description", "datePublished", "license"} { // RO-Crate 1.1, Root Data Entity
		require.NotEmpty(t, root[key], key)
	}
	require.Equal(t, map[string]any{"@id": "./"}, nodes[crateFile]["about"])
	parts := map[string]bool{}
	for _, p := range root["hasPart"].([]any) {
		id := p.(map[string]any)["@id"].(string)
		parts[id] = true
		require.Contains(t, files, id)
		require.Equal(t, "File", nodes[id]["@type"])
		require.Equal(t, sumOf(files[id]), nodes[id]["sha256"])
	}
	require.Len(t, parts, len(files)-1, "all files but the crate's own are its parts")
	action := nodes["#run-"+in.Run.ID.String()]
	require.Equal(t, "CreateAction", action["@type"])
	require.Equal(t, map[string]any{"@id": "http://schema.org/CompletedActionStatus"}, action["actionStatus"])
	for _, n := range crate.Graph { // every reference leads somewhere
		for _, v := range n {
			list, ok := v.([]any)
			if !ok {
				list = []any{v}
			}
			for _, item := range list {
				if r, ok := item.(map[string]any); ok && !strings.HasPrefix(r["@id"].(string), "http") {
					require.Contains(t, nodes, r["@id"])
				}
			}
		}
	}
}

func TestThePageCountsARunsDurationFromItsStart(t *testing.T) {
	in, _ := input(t)
	in.Run.CreatedAt = in.Run.CreatedAt.Add(-time.Hour) // it waited in Fabric's queue
	files, _, _ := pack(t, in)
	require.Contains(t, files[pageFile], "1 min 30 s", "as every other screen counts")
	require.NotContains(t, files[pageFile], "1 h 1 min")
}

func TestThePageNeedsNothingElseAndRunsNothing(t *testing.T) {
	in, _ := input(t)
	in.Writer.Text = func(s string) string {
		switch s {
		case ",", ".":
			return map[string]string{",": ".", ".": ","}[s]
		case "Succeeded":
			return "‹" + s + "›"
		}
		return s
	}
	files, _, _ := pack(t, in)
	page := files[pageFile]
	for _, want := range []string{"‹Succeeded›", "50,00", "ana asked for it", "&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;b&gt;Shop&lt;/b&gt;", sumOf("PAR1 rows PAR1"), "1 min 30 s", "<polyline"} {
		require.Contains(t, page, want)
	}
	for _, never := range []string{"<script", "http://", "https://", "<img", "<link", "ZgotmplZ"} {
		require.NotContains(t, page, never)
	}
	known := map[string]bool{}
	for _, s := range slices.Concat(Texts, format.Texts) {
		known[s] = true
	}
	known["{{.State}}: {{.Reason}}"] = true // of the events, whose texts are those of package runs
	in.Writer.Text = func(s string) string {
		require.True(t, known[s], "%q is not among the texts to translate", s)
		return s
	}
	var k contract.KPIs
	require.NoError(t, json.Unmarshal(in.KPIs, &k))
	k.Beside = contract.Beside{OrdersWithoutAmount: 2, AOVWithAmount: new(15.0), OrderIDsByCase: 4,
		Currencies:          []contract.CurrencySum{{Currency: new("EUR"), Rows: 3, Revenue: 7.25}, {Rows: 1, Revenue: 2}},
		ReturnedOrCancelled: &contract.StatusSums{Column: "status", Rows: 3, Revenue: 6, Statuses: []contract.StatusSum{{Status: "cancelled", Rows: 3, Revenue: 6}}}}
	var err error
	in.KPIs, err = json.Marshal(k)
	require.NoError(t, err)
	files, _, _ = pack(t, in)
	for _, want := range []string{"Average without orders that have no amount</span><b>15,00 (2)", "Revenue by currency</span><b>EUR 7,25 (3)", "Revenue without a currency</span><b>2,00 (1)",
		"Counted though returned or cancelled</span><b>6,00 (3)", "order_ids that differ in case only</span><b>4<"} {
		require.Contains(t, strings.ReplaceAll(files[pageFile], ".", ","), want)
	}
	in.Run.Status, in.Run.ErrorMessage = runs.Failed, "The notebook stopped."
	files, _, _ = pack(t, in)
	require.Contains(t, files[pageFile], "The notebook stopped.")
	require.Contains(t, files[crateFile], "FailedActionStatus")
}

func TestWhatDoesNotFitIsSaid(t *testing.T) {
	in, files := input(t)
	folder := artifacts.RunsFolder + "/" + in.Run.ID.String() + "/"
	files[folder+artifacts.CSVFile] = "order_id\nA1\nA9\n"
	delete(files, folder+artifacts.ParquetFile)
	in.KPIs = append(in.KPIs, ' ')
	bundle, report, _ := pack(t, in)
	said := strings.Join(report.Problems, "\n")
	require.Contains(t, said, "sales_cleaned.csv was changed after the run")
	require.Contains(t, said, "sales_cleaned.parquet is no longer in the lakehouse.")
	require.Contains(t, said, "kpis.json has another SHA-256")
	require.Len(t, report.Problems, 3)
	require.Contains(t, bundle[pageFile], "no longer in the lakehouse")
	require.Contains(t, bundle[crateFile], "#"+folder+artifacts.ParquetFile)

	in.Metadata, in.Embed = []byte("{"), false
	_, report, _ = pack(t, in)
	require.Len(t, report.Problems, 1)
	require.Contains(t, report.Problems[0], "run_metadata.json can't be read")
	for _, f := range report.Files {
		require.NotContains(t, f.Path, filesDir)
	}
}

func TestADocumentThatWasNotReadIsPackedAsAFile(t *testing.T) {
	in, files := input(t)
	path := artifacts.RunsFolder + "/" + in.Run.ID.String() + "/" + artifacts.KPIsFile
	files[path] = string(in.KPIs)
	in.KPIs, in.Unread = nil, []error{&artifacts.TooLargeError{Path: path, Size: 20 << 20, Limit: artifacts.MaxDocument}}
	bundle, report, _ := pack(t, in)
	require.Len(t, report.Problems, 1)
	require.Contains(t, report.Problems[0], path+" has 20.0 MB, and documents of at most 16 MB are read")
	require.Contains(t, bundle[pageFile], "documents of at most 16 MB are read")
	require.Equal(t, files[path], bundle[filesDir+artifacts.KPIsFile])
}

func TestNoSecretIsInABundle(t *testing.T) {
	in, _ := input(t)
	in.Run.ErrorMessage = "login failed with " + password
	in.Events[1].Message = "password=" + password
	in.Metadata = bytes.Replace(in.Metadata, []byte(`"notebook_version":"7"`), []byte(`"notebook_version":"`+password+`"`), 1)
	files, report, raw := pack(t, in)
	for name, text := range files {
		require.NotContains(t, text, password, name)
	}
	require.NotContains(t, string(raw), password)
	require.Contains(t, strings.Join(report.Problems, "\n"), "A secret was taken out of run_metadata.json")
}

func TestABundleIsWholeOrNotThere(t *testing.T) {
	in, files := input(t)
	path := filepath.Join(t.TempDir(), Name(in.Run))
	for i := range 40 {
		files[artifacts.RunsFolder+"/"+in.Run.ID.String()+"/"+artifacts.CSVFile] += strings.Repeat("x", 40_000*i)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, _, err := Save(ctx, path, in, func(done, total int64) { cancel() })
	require.ErrorIs(t, err, context.Canceled)
	_, err = os.Stat(path)
	require.ErrorIs(t, err, os.ErrNotExist)

	last := int64(0)
	_, _, err = Save(t.Context(), path, in, func(done, total int64) {
		require.GreaterOrEqual(t, done, last)
		require.LessOrEqual(t, done, total)
		last = done
	})
	require.NoError(t, err)
	require.Positive(t, last)
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1)

	_, err = Write(t.Context(), io.Discard, Input{Redact: in.Redact}, nil)
	var wrong *InputError
	require.ErrorAs(t, err, &wrong)
}

// TestAHalfDocumentIsPackedAndNamed: nobody takes its figures for noughts.
func TestAHalfDocumentIsPackedAndNamed(t *testing.T) {
	for _, text := range []string{`{}`, `null`, `{"schema_version":2,"orders":3}`} {
		in, _ := input(t)
		in.KPIs = []byte(text)
		files, report, _ := pack(t, in)
		require.Equal(t, text, files[artifacts.KPIsFile], "as it stands in the lakehouse")
		require.Contains(t, strings.Join(report.Problems, "\n"), "kpis.json can't be read: it ")
		require.NotContains(t, strings.Join(report.Problems, "\n"), "can't be read: kpis.json")
		require.NotContains(t, files[pageFile], "<div class=\"tiles\">")
	}
}

// TestABadPathDoesNotSpoilTheBundle: what stands elsewhere, or is no output of a run, is listed and named, and not fetched.
func TestABadPathDoesNotSpoilTheBundle(t *testing.T) {
	in, files := input(t)
	folder := artifacts.RunsFolder + "/" + in.Run.ID.String() + "/"
	bad := []string{"Files/import/salaries.xlsx", "Tables/x.csv", folder + "../../import/x.csv", folder + "run.exe", folder + "sales\u202ecsv.exe", "https://evil.example/x.csv", "", folder + strings.Repeat("x", 3000) + ".csv"}
	for _, path := range bad {
		files[path] = "must not be fetched"
		in.Artifacts = append(in.Artifacts, runs.Artifact{ID: uuid.New(), RunID: in.Run.ID, Type: "csv", Path: path})
	}
	in.Artifacts = append(in.Artifacts, runs.Artifact{ID: uuid.New(), RunID: in.Run.ID, Type: "csv", Path: artifacts.CurrentFolder + "/" + artifacts.CSVFile})
	files[artifacts.CurrentFolder+"/"+artifacts.CSVFile] = "another one of the same name"
	in.Metadata = bytes.Replace(in.Metadata, []byte(`"outputs":[`), []byte(`"outputs":[{"name":"../../../import/y.csv","type":"csv","size_bytes":1,"sha256":"`+strings.Repeat("a", 64)+`"},`), 1)

	bundle, report, _ := pack(t, in)
	said := strings.Join(report.Problems, "\n")
	require.Equal(t, len(bad)+1, strings.Count(said, " is not fetched: "), said)
	require.Equal(t, 1, strings.Count(said, " is not packed: "), said)
	require.NotContains(t, said, "\u202e")
	require.Contains(t, bundle[pageFile], "salaries.xlsx” is not fetched")
	for name, text := range bundle {
		require.NotContains(t, text, "must not be fetched", name)
	}
	require.Contains(t, bundle, filesDir+artifacts.CSVFile)
	require.Contains(t, bundle, filesDir+artifacts.ParquetFile)
	require.Contains(t, bundle[listFile], "salaries.xlsx", "the list is as it stands in the database")
}

func TestAPeriodThatIsNotOverIsDrawnHollow(t *testing.T) {
	k := &contract.KPIs{TimeSeries: contract.TimeSeries{Granularity: "monthly", Points: []contract.Point{{Period: "2025-08", Revenue: 31}, {Period: "2025-09", Revenue: 26}}}}
	p := &contract.ImportProfile{DateRange: &contract.DateRange{Min: "2025-08-01", Max: "2025-09-26"}}
	require.Empty(t, curve(k, nil, format.Writer{}).Open)
	l := curve(k, p, format.Writer{})
	require.Equal(t, "25.8", l.Open)
	require.Equal(t, "2025-09 (not over: to 2025-09-26)", l.To)
	require.Equal(t, "2025-08", l.From)
}

// What people noted on a run stands among the facts, and a run that was cancelled on purpose has not failed.
func TestNotesAndACancelledRunAreSaidAsWhatTheyAre(t *testing.T) {
	in, _ := input(t)
	in.Events = append(in.Events, runs.Event{ID: uuid.New(), RunID: in.Run.ID, Time: in.Events[1].Time, Type: runs.Log, Message: `portal:v1 {"ev":"note","text":"Note by ben: <b>ok</b>","by":"ben","note":"<b>ok</b> for the board"}`})
	in.Run.Status, in.Run.ErrorMessage = runs.Failed, "cancelled in Fabric, as ana asked"
	files, _, _ := pack(t, in)
	var page string
	for name, text := range files {
		if strings.HasSuffix(name, ".html") {
			page = text
		}
	}
	for _, want := range []string{"ben: &lt;b&gt;ok&lt;/b&gt; for the board", "Note by ben", ">Cancelled<", "Why it was cancelled"} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, ">Failed<")
	require.NotContains(t, page, "Why it failed")
}

// TestOutputsInPartsArePackedPartByPart, each by the hash that the metadata states.
func TestOutputsInPartsArePackedPartByPart(t *testing.T) {
	in, files := input(t)
	folder := artifacts.RunsFolder + "/" + in.Run.ID.String() + "/"
	parts := map[string]string{"sales_cleaned.csv/part-00000.csv": "order_id\nA1\n", "sales_cleaned.csv/part-00002.csv": "order_id\nA2\n"}
	delete(files, folder+artifacts.CSVFile)
	for name, text := range parts {
		files[folder+name] = text
	}
	var m contract.RunMetadata
	require.NoError(t, json.Unmarshal(in.Metadata, &m))
	for _, o := range contracttest.Outputs(parts) {
		if o.Name == artifacts.CSVFile {
			m.Outputs[0] = o
		}
	}
	size := m.Outputs[0].SizeBytes
	in.Artifacts[0].Size = &size
	text, err := json.Marshal(m)
	require.NoError(t, err)
	in.Metadata, in.Embed, in.Files = text, true, files
	files[folder+"sales_cleaned.csv/part-00002.csv"] = "order_id\nB2\n" // changed after the run

	var out bytes.Buffer
	report, err := Write(t.Context(), &out, in, nil)
	require.NoError(t, err)
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	for name := range parts {
		f, err := z.Open("files/" + name)
		require.NoError(t, err, name)
		text, err := io.ReadAll(f)
		require.NoError(t, err)
		require.Equal(t, files[folder+name], string(text))
	}
	said := strings.Join(report.Problems, "\n")
	require.Contains(t, said, "sales_cleaned.csv/part-00002.csv was changed after the run")
	require.NotContains(t, said, "part-00000.csv")
	require.NotContains(t, said, "no longer in the lakehouse")
	require.NotContains(t, said, "is not fetched")
}
