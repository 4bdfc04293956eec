package demo

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The parts of the program's JSON that the demo looks at.
type (
	run struct {
		RunID           string  `json:"run_id"`
		Status          string  `json:"status"`
		InputFile       string  `json:"input_file"`
		FabricJobID     *string `json:"fabric_job_id"`
		NotebookVersion *string `json:"notebook_version"`
	}
	state struct {
		Lock struct {
			Held bool `json:"held"`
		} `json:"lock"`
		Run    run              `json:"run"`
		Events []map[string]any `json:"events"`
	}
	kpis struct {
		RunID        *string `json:"run_id"`
		TotalRevenue float64 `json:"total_revenue"`
		Orders       int64   `json:"orders"`
		AOV          float64 `json:"aov"`
		ByChannel    []struct {
			Key     string  `json:"key"`
			Revenue float64 `json:"revenue"`
		} `json:"revenue_by_channel"`
		Conversion *struct {
			Definition string  `json:"definition"`
			Rate       float64 `json:"rate_converting_visitors_per_total_visitors"`
			Visitors   int64   `json:"total_visitors"`
			Converting int64   `json:"converting_visitors"`
		} `json:"conversion"`
	}
)

func (k kpis) String() string {
	text := fmt.Sprintf("revenue %.2f, %d orders, average order %.2f", k.TotalRevenue, k.Orders, k.AOV)
	if c := k.Conversion; c != nil {
		text += fmt.Sprintf("\nconversion %.2f %% = %s (%d / %d)", c.Rate*100, c.Definition, c.Converting, c.Visitors)
	}
	return text
}

// same tells whether two snapshots carry the same figures, to the cent.
func (k kpis) same(other kpis) bool {
	k.RunID, other.RunID = nil, nil
	a, errA := json.Marshal(k)
	b, errB := json.Marshal(other)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

func (j *job) doctor(ctx context.Context) (string, error) {
	var d struct {
		OK     bool  `json:"ok"`
		Checks []any `json:"checks"`
	}
	if err := j.read(ctx, &d, "doctor"); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d checks passed", len(d.Checks)), require(d.OK, "a check failed")
}

func (j *job) profile(ctx context.Context) (string, error) {
	var p struct {
		RowCount int64 `json:"row_count"`
		Columns  []any `json:"columns"`
		Complete bool  `json:"complete"`
		Range    *struct {
			Min string `json:"min"`
			Max string `json:"max"`
		} `json:"date_range"`
		Validation struct {
			Status   string `json:"status"`
			Warnings int    `json:"warnings"`
			Checks   []struct {
				Passed  bool   `json:"passed"`
				Message string `json:"message"`
			} `json:"checks"`
		} `json:"validation"`
	}
	if err := j.read(ctx, &p, "profile", filepath.Join(j.Samples, sampleFile)); err != nil {
		return "", err
	}
	if err := all(
		require(p.Complete, "the profile is incomplete"),
		require(p.RowCount >= 50_000, "%d rows where at least 50,000 were expected", p.RowCount),
		require(p.Range != nil, "no date range was found"),
		require(p.Validation.Status == "warnings", "validation says %q where warnings were expected", p.Validation.Status),
	); err != nil {
		return "", err
	}
	var text strings.Builder
	text.WriteString(fmt.Sprintf("%d rows, %d columns, %s to %s, validation: %d warnings", p.RowCount, len(p.Columns), p.Range.Min, p.Range.Max, p.Validation.Warnings))
	for _, c := range p.Validation.Checks {
		if !c.Passed {
			text.WriteString("\n! " + c.Message)
		}
	}
	return text.String(), nil
}

func (j *job) localKPIs(ctx context.Context) (string, error) {
	if err := j.read(ctx, &j.local, "kpis", "--local", filepath.Join(j.Samples, sampleFile)); err != nil {
		return "", err
	}
	return j.local.String(), require(j.local.Orders == 50_000, "%d orders where 50,000 were expected", j.local.Orders)
}

func (j *job) upload(ctx context.Context, name string) (string, error) {
	var f struct {
		Name string `json:"name"`
		Size int64  `json:"size_bytes"`
	}
	if err := j.read(ctx, &f, "upload", filepath.Join(j.Samples, name)); err != nil {
		return "", err
	}
	here, err := os.ReadFile(filepath.Join(j.Samples, name))
	if err != nil {
		return "", err
	}
	there, err := os.ReadFile(filepath.Join(j.Lakehouse, "Files", "import", name))
	if err != nil {
		return "", fmt.Errorf("the lakehouse does not hold it: %w", err)
	}
	return fmt.Sprintf("%d bytes, identical in the lakehouse", f.Size),
		require(bytes.Equal(here, there), "what arrived in the lakehouse differs from the file")
}

func (j *job) run(ctx context.Context) (string, error) {
	if err := j.read(ctx, &j.first, "run", sampleFile); err != nil {
		return "", err
	}
	return fmt.Sprintf("run %s is %s", j.first.RunID, j.first.Status), require(j.first.RunID != "", "%w", errNoRun)
}

func (j *job) busy(ctx context.Context) (string, error) {
	r, err := j.as("ben").call(ctx, "run", sampleFile)
	if err != nil {
		return "", err
	}
	short := j.first.RunID[:13]
	return "refused with exit code 3", all(
		require(r.code == 3, "exit code %d where 3 was expected", r.code),
		require(strings.Contains(r.stderr, short), "the message does not name the run %s", short),
	)
}

func (j *job) follow(ctx context.Context) (string, error) {
	var s state
	if err := j.read(ctx, &s, "status", j.first.RunID, "--follow"); err != nil {
		return "", err
	}
	if err := all(
		require(s.Run.Status == "SUCCEEDED", "the run is %s", s.Run.Status),
		require(s.Run.FabricJobID != nil, "the run has no Fabric job"),
		require(s.Run.NotebookVersion != nil, "the notebook's version was not recorded"),
		require(!s.Lock.Held, "the lock is still held"),
	); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s as Fabric job %s, notebook %s, %d events, lock released", s.Run.Status, *s.Run.FabricJobID, *s.Run.NotebookVersion, len(s.Events)), nil
}

func (j *job) results(ctx context.Context) (string, error) {
	if err := j.read(ctx, &j.firstKPI, "kpis"); err != nil {
		return "", err
	}
	k := j.firstKPI
	if err := all(
		require(k.RunID != nil && *k.RunID == j.first.RunID, "current/ does not hold this run"),
		require(k.Orders == 50_000, "%d orders where 50,000 were expected", k.Orders),
		require(k.Conversion != nil && fmt.Sprintf("%.2f", k.Conversion.Rate*100) == "3.44", "the conversion is not 3.44 %%"),
		require(k.same(j.local), "the notebook's KPIs differ from those computed on this machine: %v", j.local),
	); err != nil {
		return "", err
	}
	return k.String() + "\nequal to the cent to those computed on this machine", nil
}

func (j *job) artifacts(ctx context.Context) (string, error) {
	var list struct {
		Artifacts []struct {
			Type string `json:"type"`
			Path string `json:"path"`
			Size *int64 `json:"size_bytes"`
		} `json:"artifacts"`
	}
	if err := j.read(ctx, &list, "artifacts", j.first.RunID); err != nil {
		return "", err
	}
	types := map[string]bool{}
	for _, a := range list.Artifacts {
		types[a.Type] = true
		info, err := os.Stat(filepath.Join(j.Lakehouse, filepath.FromSlash(a.Path)))
		if err != nil {
			return "", fmt.Errorf("%s is recorded but not in the lakehouse: %w", a.Path, err)
		}
		if a.Size == nil || *a.Size != info.Size() {
			return "", fmt.Errorf("the recorded size of %s is wrong", a.Path)
		}
	}
	for _, t := range []string{"parquet", "csv", "json", "profile", "metadata"} {
		if !types[t] {
			return "", fmt.Errorf("no artifact of type %s is recorded", t)
		}
	}
	to := filepath.Join(j.Scratch, "sales_cleaned.csv")
	var saved struct {
		Path   string `json:"path"`
		Size   int64  `json:"size_bytes"`
		SHA256 string `json:"sha256"`
	}
	if err := j.read(ctx, &saved, "download", j.first.RunID, "sales_cleaned.csv", "--output", to); err != nil {
		return "", err
	}
	rows, sum, err := countCSV(to)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d artifacts; sales_cleaned.csv: %d rows, %d bytes", len(list.Artifacts), rows, saved.Size), all(
		require(rows == 50_000, "the downloaded CSV has %d rows where 50,000 were expected", rows),
		require(sum == saved.SHA256, "the downloaded file's SHA-256 is not the one that was named"),
	)
}

// countCSV counts the records below the header and hashes the file.
func countCSV(path string) (rows int, sum string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, "", err
	}
	defer f.Close()
	hash := sha256.New()
	r := csv.NewReader(bufio.NewReader(io.TeeReader(f, hash)))
	r.ReuseRecord = true
	for {
		_, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows - 1, hex.EncodeToString(hash.Sum(nil)), nil
		}
		if err != nil {
			return 0, "", fmt.Errorf("reading %s: %w", filepath.Base(path), err)
		}
		rows++
	}
}

func (j *job) runNext(ctx context.Context) (string, error) {
	if _, err := j.upload(ctx, nextFile); err != nil {
		return "", err
	}
	if err := j.read(ctx, &j.second, "run", nextFile, "--follow"); err != nil {
		return "", err
	}
	var k kpis
	if err := j.read(ctx, &k, "kpis"); err != nil {
		return "", err
	}
	return k.String(), all(
		require(k.RunID != nil && *k.RunID == j.second.RunID, "current/ does not hold the second run"),
		require(!k.same(j.firstKPI), "the figures are those of the first run"),
	)
}

func (j *job) archive(ctx context.Context) (string, error) {
	var list struct {
		Runs []run `json:"runs"`
	}
	if err := j.read(ctx, &list, "runs"); err != nil {
		return "", err
	}
	if err := all(
		require(len(list.Runs) == 2, "%d runs are listed where 2 were expected", len(list.Runs)),
		require(len(list.Runs) < 1 || list.Runs[0].RunID == j.second.RunID, "the latest run does not come first"),
	); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s (%s), %s (%s)", list.Runs[0].InputFile, list.Runs[0].Status, list.Runs[1].InputFile, list.Runs[1].Status), nil
}

func (j *job) restore(ctx context.Context) (string, error) {
	var r run
	if err := j.read(ctx, &r, "restore", j.first.RunID, "--follow"); err != nil {
		return "", err
	}
	var k kpis
	if err := j.read(ctx, &k, "kpis"); err != nil {
		return "", err
	}
	return "current/ holds run " + j.first.RunID + " again: " + k.String(), all(
		require(r.Status == "SUCCEEDED", "the restore is %s", r.Status),
		require(k.RunID != nil && *k.RunID == j.first.RunID, "current/ does not name the restored run"),
		require(k.same(j.firstKPI), "the figures are not those of the first run"),
	)
}

func (j *job) runBroken(ctx context.Context) (string, error) {
	if _, err := j.upload(ctx, brokenFile); err != nil {
		return "", err
	}
	r, err := j.call(ctx, "run", brokenFile, "--follow")
	if err != nil {
		return "", err
	}
	if err := require(r.code == 1, "exit code %d where 1 was expected", r.code); err != nil {
		return "", err
	}
	var s state
	if err := j.read(ctx, &s, "status"); err != nil {
		return "", err
	}
	return "the run is recorded as FAILED with the notebook's reason, and the lock is free", all(
		require(s.Run.InputFile == brokenFile && s.Run.Status == "FAILED", "the last run is %s of %s", s.Run.Status, s.Run.InputFile),
		require(!s.Lock.Held, "the lock is still held"),
	)
}
