package artifacts

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
)

// Parts are an output that is a folder of files in the folder of its run, which never changes (contract/RULES.md, Large inputs): one table, in
// the order in which they are listed.
type Parts struct {
	Folder string // of the lakehouse, such as Files/results/runs/<id>/sales_cleaned.csv
	List   []contract.OutputPart
}

// inParts are the outputs that can be folders.
var inParts = []string{ParquetFile, CSVFile}

// partName is what a part is called.
var partName = regexp.MustCompile(`^part-[0-9]{5,18}\.(csv|parquet)$`)

// partsOf are those of an output in the folder of a run; nil where it is a file. Names and endings that no part can have are refused: they
// become paths, here and there.
func partsOf(folder string, o contract.Output) (*Parts, error) {
	if len(o.Parts) == 0 {
		return nil, nil
	}
	p := &Parts{Folder: folder + "/" + o.Name, List: o.Parts}
	seen, total := map[string]bool{}, int64(0)
	for _, part := range o.Parts {
		ending := partName.FindStringSubmatch(part.Name)
		if !slices.Contains(inParts, o.Name) || ending == nil || !strings.HasSuffix(o.Name, "."+ending[1]) || seen[part.Name] || part.SizeBytes < 0 || part.SizeBytes > maxSize {
			return nil, &DocumentError{Path: p.Folder, Err: fmt.Errorf("%s has a part %s, which can't be one of it: start a new run", o.Name, shown(part.Name))}
		}
		seen[part.Name] = true
		total += part.SizeBytes
	}
	if total != o.SizeBytes {
		return nil, &DocumentError{Path: p.Folder, Err: fmt.Errorf("the parts of %s are not as large together as it is said to be: start a new run", o.Name)}
	}
	return p, nil
}

// Size is that of all parts, in bytes.
func (p *Parts) Size() (total int64) {
	for _, part := range p.List {
		total += part.SizeBytes
	}
	return total
}

// Parts are those of a published output, in the folder of its run; nil where it is a file, and in a lakehouse without a manifest. Error:
// *DocumentError.
func (p *Published) Parts(name string) (*Parts, error) {
	if p.Manifest == nil {
		return nil, nil
	}
	o, ok := p.Manifest.File(name)
	if !ok {
		return nil, nil
	}
	return partsOf(p.home(), o)
}

// PartsOfRun are those of an output of a run, as its run_metadata.json lists them; nil where it is a file, and where the run says nothing of it.
// Errors: those of Document, but for a document that is missing or can't be read.
func PartsOfRun(ctx context.Context, from Opener, run uuid.UUID, name string) (*Parts, error) {
	if !slices.Contains(inParts, name) {
		return nil, nil
	}
	folder := RunsFolder + "/" + run.String()
	m, err := Document[contract.RunMetadata](ctx, from, folder, MetadataFile)
	if err != nil {
		return nil, unlessUnreadable(err)
	}
	for _, o := range m.Outputs {
		if o.Name == name && m.SourceRunID == nil { // those of a restore stand in the folder of the run that it promoted
			return partsOf(folder, o)
		}
	}
	return nil, nil
}

// open opens a part; at the end of one that is not what its listing says the reader gives *alteredError.
func (p *Parts) open(ctx context.Context, from Opener, part contract.OutputPart) (io.ReadCloser, error) {
	path := p.Folder + "/" + part.Name
	body, file, err := from.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	if file.Size != part.SizeBytes {
		body.Close()
		return nil, &alteredError{path}
	}
	return &checkedReader{ReadCloser: body, path: path, want: part.SHA256, hash: sha256.New()}, nil
}

// Save fetches all parts into a folder of this computer, each under the name that named gives it by its place. A part that is there whole, as
// one that an earlier try has fetched, stays. progress (may be nil) is called from this goroutine. Errors as of the function Save.
func (p *Parts) Save(ctx context.Context, from Opener, folder string, named func(place int, name string) string, progress func(done, total int64)) error {
	told := &reporter{total: p.Size(), progress: progress}
	for i, part := range p.List {
		local := filepath.Join(folder, named(i, part.Name))
		if whole(local, part) {
			told.add(part.SizeBytes)
			continue
		}
		before := told.done
		_, err := save(ctx, &checkedOpener{from, contract.Output{SizeBytes: part.SizeBytes, SHA256: part.SHA256}}, p.Folder+"/"+part.Name, local, replacing, func(done, _ int64) {
			told.add(before + done - told.done)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// whole tells whether a file of this computer is a part.
func whole(path string, part contract.OutputPart) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() != part.SizeBytes {
		return false
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	return err == nil && hex.EncodeToString(h.Sum(nil)) == part.SHA256
}

// copyWhole copies a file of the lakehouse, and is no success where another number of bytes arrives than it has.
func copyWhole(w io.Writer, body io.Reader, path string, size int64) error {
	arrived, err := io.Copy(w, body)
	if err == nil && arrived != size {
		err = &UnreachableError{Doing: "reading " + path, Err: errors.New(format.N(size,
			"{{.Arrived}} of {{.N}} byte arrived: try again", "{{.Arrived}} of {{.N}} bytes arrived: try again", "Arrived", format.Count(arrived)))}
	}
	return err
}

// Text reads the parts of a CSV as the one file that they would be: the header of the first, then the rows of all. A part that is not what
// its listing says ends in an error, and so does one with another header.
func (p *Parts) Text(ctx context.Context, from Opener) io.ReadCloser { return p.text(ctx, from) }

func (p *Parts) text(ctx context.Context, from Opener) *partsText {
	return &partsText{ctx: ctx, from: from, parts: p}
}

// headerBytes is how long a header can be: 1,024 names of some 60 characters.
const headerBytes = 1 << 20

type partsText struct {
	ctx    context.Context
	from   Opener
	parts  *Parts
	next   int
	body   io.ReadCloser // of the part that is being read
	rest   io.Reader     // of it, without its header where it is not the first
	header []byte
	broken bool // the last part did not end with a line's end
	err    error
}

func (t *partsText) Read(b []byte) (int, error) {
	for t.err == nil {
		if t.rest == nil {
			if t.next == len(t.parts.List) {
				t.err = io.EOF
				break
			}
			t.err = t.begin()
			continue
		}
		n, err := t.rest.Read(b)
		if n > 0 {
			t.broken = b[n-1] != '\n'
		}
		switch {
		case err == io.EOF:
			t.body.Close()
			t.body, t.rest = nil, nil
			t.next++
		case err != nil:
			t.err = err
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, t.err
}

// begin opens the next part, and passes over its header.
func (t *partsText) begin() error {
	part := t.parts.List[t.next]
	body, err := t.parts.open(t.ctx, t.from, part)
	if err != nil {
		return err
	}
	t.body = body
	buffered := bufio.NewReaderSize(body, 64<<10)
	header, err := line(buffered)
	switch {
	case err != nil:
		return err
	case t.next == 0:
		t.header = header
		t.rest = io.MultiReader(bytes.NewReader(header), buffered)
		return nil
	case !bytes.Equal(bytes.TrimRight(header, "\r\n"), bytes.TrimRight(t.header, "\r\n")):
		return &DocumentError{Path: t.parts.Folder, Err: fmt.Errorf("%s has other columns than the parts before it: start a new run", part.Name)}
	}
	t.rest = buffered
	if t.broken {
		t.rest = io.MultiReader(strings.NewReader("\n"), buffered)
	}
	return nil
}

// line is the first line, with its end, of a file that begins with one of a possible length.
func line(r *bufio.Reader) (out []byte, err error) {
	for err = bufio.ErrBufferFull; errors.Is(err, bufio.ErrBufferFull); {
		var more []byte
		more, err = r.ReadSlice('\n')
		if out = append(out, more...); len(out) > headerBytes {
			return nil, errors.New("its header has no end")
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return out, err
}

func (t *partsText) Close() error {
	if t.err == nil {
		t.err = errors.New("the file was closed")
	}
	if t.body == nil {
		return nil
	}
	return t.body.Close()
}

// saveParts downloads an output in parts for people: the CSV as the one file that it would be, Parquet as a folder of its parts, which is how
// programs take them. Errors as of Save.
func saveParts(ctx context.Context, from Opener, p *Parts, localPath string, named naming, progress func(done, total int64)) (Saved, error) {
	name := p.Folder[strings.LastIndex(p.Folder, "/")+1:]
	if name == CSVFile {
		return save(ctx, openerFunc(func(ctx context.Context, path string) (io.ReadCloser, File, error) {
			return p.Text(ctx, from), File{Name: name, Path: path, Size: -1}, nil
		}), p.Folder, localPath, named, func(done, _ int64) {
			if progress != nil {
				progress(min(done, p.Size()), p.Size()) // the headers of later parts are not in it
			}
		})
	}
	return saveFolder(ctx, from, p, localPath, progress)
}

// saveFolder downloads parts into a new folder beside those that are there, and gives it its name when all have arrived.
func saveFolder(ctx context.Context, from Opener, p *Parts, localPath string, progress func(done, total int64)) (Saved, error) {
	local, err := filepath.Abs(localPath)
	if err != nil {
		return Saved{}, fmt.Errorf("saving %s: %w", p.Folder, err)
	}
	dir, name := filepath.Split(local)
	if info, err := os.Stat(local); err == nil && info.IsDir() {
		dir, name = local, p.Folder[strings.LastIndex(p.Folder, "/")+1:]
	}
	work, err := os.MkdirTemp(dir, "."+name+".")
	if err != nil {
		return Saved{}, fmt.Errorf("saving %s: %w", name, err)
	}
	defer os.RemoveAll(work)
	if err := p.Save(ctx, from, work, func(_ int, name string) string { return name }, progress); err != nil {
		return Saved{}, err
	}
	if err := os.Chmod(work, 0o755); err != nil { // #nosec G302 -- a folder of the user's, as others make them, no secret
		return Saved{}, fmt.Errorf("saving %s: %w", name, err)
	}
	stem, ending := strings.TrimSuffix(name, filepath.Ext(name)), filepath.Ext(name)
	for i := 1; ; i++ {
		target := filepath.Join(dir, name)
		if i > 1 {
			target = filepath.Join(dir, fmt.Sprintf("%s (%d)%s", stem, i, ending))
		}
		if _, err := os.Lstat(target); err == nil && i < 1000 {
			continue
		}
		if err := atomicfile.NameFolder(work, target); err != nil {
			return Saved{}, fmt.Errorf("saving %s: %w", name, err)
		}
		return Saved{Path: target, Size: p.Size(), SHA256: p.hash()}, nil
	}
}

// hash is that of the parts' lines, which names them all (contract/RULES.md, Large inputs).
func (p *Parts) hash() string {
	h := sha256.New()
	for _, part := range p.List {
		fmt.Fprintf(h, "%s  %s\n", part.SHA256, part.Name)
	}
	return hex.EncodeToString(h.Sum(nil))
}
