package evidence

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// The bundle's own files. RO-Crate 1.1 names the first two.
const (
	crateFile  = "ro-crate-metadata.json"
	pageFile   = "ro-crate-preview.html"
	runFile    = "run.json"
	eventsFile = "events.json"
	listFile   = "artifacts.json"
	sumsFile   = "SHA256SUMS"
	filesDir   = "files/"
)

// Write packs the bundle to w. Errors: *InputError, those of Files and w, or the context's. progress may be nil.
func Write(ctx context.Context, w io.Writer, in Input, progress Progress) (Report, error) {
	switch {
	case in.Run.ID == uuid.Nil:
		return Report{}, &InputError{format.Say("there is no run to keep evidence of: choose one in the archive")}
	case in.Redact == nil:
		return Report{}, &InputError{format.Say("the bundle can't be made: nothing takes secrets out of its texts")}
	}
	if progress == nil {
		progress = func(int64, int64) {}
	}
	b := &bundle{Input: in, zip: zip.NewWriter(w), made: ending(in.Run), progress: progress}
	for _, why := range in.Unread {
		b.problem("%v.", why)
	}
	b.readMetadata()
	if err := b.write(ctx); err != nil {
		return b.report, err
	}
	return b.report, b.zip.Close()
}

// Save is Write to a file, which is there only when the bundle is whole, under the first free name like wanted. path is what it is called.
func Save(ctx context.Context, wanted string, in Input, progress Progress) (path string, report Report, err error) {
	path, _, err = atomicfile.Create(ctx, wanted, atomicfile.Shared, func(w io.Writer) error {
		report, err = Write(ctx, w, in, progress)
		return err
	})
	return path, report, err
}

// ending is the time that all files of the bundle carry: the run's end, else the last time known.
func ending(r runs.Run) time.Time {
	switch {
	case r.FinishedAt != nil:
		return r.FinishedAt.UTC()
	case !r.StatusUpdatedAt.IsZero():
		return r.StatusUpdatedAt.UTC()
	}
	return r.CreatedAt.UTC()
}

type bundle struct {
	Input
	zip      *zip.Writer
	made     time.Time
	progress Progress
	report   Report

	metadata *contract.RunMetadata // nil where there is none that can be read
	kpis     *contract.KPIs
	profile  *contract.ImportProfile
}

func (b *bundle) problem(format string, values ...any) {
	b.report.Problems = append(b.report.Problems, b.Redact(fmt.Sprintf(format, values...)))
}

// readMetadata reads the run's documents as far as they can be read.
func (b *bundle) readMetadata() {
	b.metadata = readDocument[contract.RunMetadata](b, artifacts.MetadataFile, b.Metadata)
	figures := b.KPIs
	if figures == nil {
		figures = b.Run.KPIs // the database's copy has no hash of its own: it stays in the run's row
	}
	b.kpis = readDocument[contract.KPIs](b, artifacts.KPIsFile, figures)
	b.profile = readDocument[contract.ImportProfile](b, artifacts.ProfileFile, b.Profile)
	if b.metadata != nil && b.metadata.RunID != "" && b.metadata.RunID != b.Run.ID.String() {
		b.problem("%s speaks of run %s, not of this one.", artifacts.MetadataFile, b.metadata.RunID)
	}
}

func readDocument[T contract.ImportProfile | contract.KPIs | contract.RunMetadata](b *bundle, name string, data []byte) *T {
	if len(data) == 0 {
		return nil
	}
	d, err := contract.Decode[T](name, data)
	if err != nil {
		b.problem("%s.", strings.TrimSuffix(err.Error(), "."))
		return nil
	}
	return &d
}

// write packs the documents, the artifacts, and last what is said of them.
func (b *bundle) write(ctx context.Context) error {
	run, err := asJSON(rowOf(b.Run))
	if err != nil {
		return err
	}
	events, err := asJSON(eventRows(b.Events))
	if err != nil {
		return err
	}
	list, err := asJSON(artifactRows(b.Artifacts))
	if err != nil {
		return err
	}
	for _, d := range []struct {
		name string
		data []byte
	}{{runFile, run}, {eventsFile, events}, {listFile, list}, {artifacts.KPIsFile, b.KPIs}, {artifacts.ProfileFile, b.Profile}, {artifacts.MetadataFile, b.Metadata}} {
		if len(d.data) == 0 {
			continue
		}
		if err := b.document(d.name, d.data); err != nil {
			return err
		}
	}
	if err := b.outputs(ctx); err != nil {
		return err
	}
	slices.SortFunc(b.report.Files, func(a, c File) int { return strings.Compare(a.Path, c.Path) })
	page, err := b.page()
	if err != nil {
		return err
	}
	if err := b.document(pageFile, page); err != nil {
		return err
	}
	if err := b.document(sumsFile, b.sums()); err != nil {
		return err
	}
	crate, err := b.crate()
	if err != nil {
		return err
	}
	return b.document(crateFile, crate)
}

// document packs a text, without what must not leave this computer.
func (b *bundle) document(name string, data []byte) error {
	if clean := b.Redact(string(data)); clean != string(data) {
		data = []byte(clean)
		b.problem("A secret was taken out of %s, whose hash is therefore another one than in the lakehouse.", name)
	}
	w, err := b.create(name)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	b.report.Files = append(b.report.Files, File{Path: name, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), Embedded: true})
	return nil
}

func (b *bundle) create(name string) (io.Writer, error) {
	return b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: b.made})
}

// output is a file that the run wrote.
type output struct {
	name, path, sha256 string // name is the part's path for one of a folder of parts
	size               int64  // -1 where not known
}

// wanted are the run's outputs: those that the database knows, with what the metadata states of them.
func (b *bundle) wanted() []output {
	var out []output
	stated := map[string]contract.Output{}
	if b.metadata != nil {
		for _, o := range b.metadata.Outputs {
			stated[o.Name] = o
		}
	}
	for _, a := range b.Artifacts {
		o := output{name: path.Base(a.Path), path: a.Path, size: -1}
		if a.Size != nil {
			o.size = *a.Size
		}
		if s, ok := stated[o.name]; ok {
			o.sha256 = strings.ToLower(s.SHA256)
			if o.size >= 0 && o.size != s.SizeBytes {
				b.problem("%s", format.N(o.size, "{{.Name}} has {{.N}} byte by the database and {{.Other}} by {{.Document}}.", "{{.Name}} has {{.N}} bytes by the database and {{.Other}} by {{.Document}}.",
					"Name", o.name, "Other", format.Count(s.SizeBytes), "Document", artifacts.MetadataFile))
			}
			delete(stated, o.name)
		}
		out = append(out, o)
	}
	for _, s := range stated {
		out = append(out, output{name: s.Name, path: artifacts.RunsFolder + "/" + b.Run.ID.String() + "/" + s.Name, size: s.SizeBytes, sha256: strings.ToLower(s.SHA256)})
	}
	out = b.inParts(out)
	slices.SortStableFunc(out, func(a, c output) int { return strings.Compare(a.path, c.path) })
	return slices.CompactFunc(out, func(a, c output) bool { return a.path == c.path })
}

// inParts puts the parts in the place of an output that is a folder, each with the hash that the metadata states of it.
func (b *bundle) inParts(all []output) []output {
	var out []output
	for _, o := range all {
		var parts []contract.OutputPart
		if b.metadata != nil && path.Dir(o.path) == artifacts.RunsFolder+"/"+b.Run.ID.String() {
			for _, s := range b.metadata.Outputs {
				if s.Name == o.name {
					parts = s.Parts
				}
			}
		}
		if len(parts) == 0 {
			out = append(out, o)
			continue
		}
		for _, p := range parts {
			out = append(out, output{name: o.name + "/" + p.Name, path: o.path + "/" + p.Name, size: p.SizeBytes, sha256: strings.ToLower(p.SHA256)})
		}
	}
	return out
}

// outputs packs or lists the artifacts that are not in the bundle as documents already.
func (b *bundle) outputs(ctx context.Context) error {
	var rest []output
	total := int64(0)
	taken := map[string]string{}
	for _, o := range b.wanted() {
		if err := artifacts.CheckOutput(o.path); err != nil {
			b.problem("%s.", err)
			continue
		}
		if i := slices.IndexFunc(b.report.Files, func(f File) bool { return f.Path == o.name }); i >= 0 {
			if sum := b.report.Files[i].SHA256; o.sha256 != "" && sum != o.sha256 {
				b.problem("%s has another SHA-256 (%s) than %s states (%s).", o.name, sum, artifacts.MetadataFile, o.sha256)
			}
			continue
		}
		if other, ok := taken[o.name]; ok {
			b.problem("“%s” is not packed: %s has the same name.", o.path, other)
			continue
		}
		taken[o.name] = o.path
		rest = append(rest, o)
		total += max(o.size, 0)
	}
	done := int64(0)
	for _, o := range rest {
		if !b.Embed || b.Files == nil {
			b.list(o)
			continue
		}
		if err := b.embed(ctx, o, &done, total); err != nil {
			return err
		}
	}
	return nil
}

func (b *bundle) list(o output) {
	b.report.Files = append(b.report.Files, File{Path: o.path, Size: o.size, SHA256: o.sha256})
}

func (b *bundle) embed(ctx context.Context, o output, done *int64, total int64) error {
	body, _, err := b.Files.Open(ctx, o.path)
	if _, ok := errors.AsType[*artifacts.NotFoundError](err); ok {
		b.problem("%s is no longer in the lakehouse.", o.path)
		b.list(o)
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w", o.name, err)
	}
	defer body.Close()
	w, err := b.create(filesDir + o.name)
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum, told{done, total, b.progress}), &read{ctx, body})
	if err != nil {
		return fmt.Errorf("reading %s: %w", o.name, err)
	}
	f := File{Path: filesDir + o.name, Size: n, SHA256: hexOf(sum), Embedded: true}
	b.report.Files = append(b.report.Files, f)
	if o.sha256 != "" && f.SHA256 != o.sha256 {
		b.problem("%s was changed after the run: its SHA-256 is %s, and %s states %s.", o.name, f.SHA256, artifacts.MetadataFile, o.sha256)
	}
	return nil
}

// told counts what is packed.
type told struct {
	done     *int64
	total    int64
	progress Progress
}

func (t told) Write(p []byte) (int, error) {
	*t.done += int64(len(p))
	t.progress(*t.done, max(t.total, *t.done))
	return len(p), nil
}

// read ends with the context.
type read struct {
	ctx context.Context
	r   io.Reader
}

func (r *read) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

func hexOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// sums is what `sha256sum -c` checks.
func (b *bundle) sums() []byte {
	var out bytes.Buffer
	for _, f := range b.report.Files {
		if f.Embedded {
			fmt.Fprintf(&out, "%s  %s\n", f.SHA256, f.Path)
		}
	}
	return out.Bytes()
}

func asJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return out.Bytes(), err
}
