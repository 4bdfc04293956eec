package spreadsheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"fabricportal/internal/services/importfile/spreadsheet/inflate"
)

var (
	errTooMuch   = errors.New("it unpacks to more than the limit")
	errManyParts = errors.New("it has too many parts")
	errNoPart    = errors.New("the part is missing")
)

// archive is the zip package around a workbook: parts by name, and the budget of bytes that may still be unpacked.
type archive struct {
	src    io.ReaderAt
	parts  map[string]*zip.File // by partKey
	limits Limits
	left   int64 // bytes that may still be unpacked
}

// count is the number of parts in a folder that its names begin and end with.
func (a *archive) count(prefix, suffix string) int {
	n := 0
	for name := range a.parts {
		if strings.HasPrefix(name, prefix) && strings.HasSuffix(name, suffix) && !strings.Contains(name[len(prefix):], "/") {
			n++
		}
	}
	return n
}

// openArchive reads the directory of the zip file and compares what it promises with the limits.
func openArchive(src io.ReaderAt, size int64, limits Limits) (*archive, error) {
	dir := &directoryReader{src: src, left: 1<<20 + limits.Parts*512, bounded: true}
	r, err := zip.NewReader(dir, size)
	dir.bounded = false
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, err
	}
	if len(r.File) > limits.Parts {
		return nil, errManyParts
	}
	a := &archive{src: src, parts: make(map[string]*zip.File, len(r.File)), limits: limits, left: limits.InflatedBytes}
	var total uint64
	for _, f := range r.File {
		if f.UncompressedSize64 > uint64(limits.InflatedBytes) {
			return nil, errTooMuch
		}
		total += f.UncompressedSize64
		if total > uint64(limits.InflatedBytes) {
			return nil, errTooMuch
		}
		if f.UncompressedSize64 > uint64(limits.RatioFrom) &&
			(f.CompressedSize64 == 0 || f.UncompressedSize64/f.CompressedSize64 > uint64(limits.Ratio)) {
			return nil, errTooMuch
		}
		// Of parts with one name the last one counts, as it does in Python's zipfile.
		a.parts[partKey(f.Name)] = f
	}
	return a, nil
}

// directoryReader gives archive/zip the file, but while it reads the directory no more than a bounded number of bytes:
// archive/zip reads entries until it meets a bad one, whatever the counts in the file say.
type directoryReader struct {
	src     io.ReaderAt
	left    int
	bounded bool
}

func (d *directoryReader) ReadAt(b []byte, off int64) (int, error) {
	if d.bounded {
		if d.left -= len(b); d.left < 0 {
			return 0, errManyParts
		}
	}
	return d.src.ReadAt(b, off)
}

// partKey is the name under which a part is found: writers differ in case, slashes and the leading slash.
func partKey(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/"))
}

func (a *archive) has(name string) bool { return a.parts[partKey(name)] != nil }

// open opens a part for reading. Reading fails when the part's checksum or size is wrong, or the budget is used up.
func (a *archive) open(name string) (*part, error) {
	f := a.parts[partKey(name)]
	if f == nil {
		return nil, fmt.Errorf("%w: %s", errNoPart, name)
	}
	if f.Flags&1 != 0 {
		return nil, errors.New("it is encrypted")
	}
	r, err := openMember(a.src, f)
	if err != nil {
		return nil, err
	}
	return &part{member: r, src: r, archive: a, size: int64(f.UncompressedSize64)}, nil
}

// part is a part that is being unpacked.
type part struct {
	member  *member
	src     io.Reader  // the member, or ahead
	ahead   *readAhead // nil where nothing is unpacked ahead
	archive *archive
	size    int64 // as the directory says
	read    int64
}

func (p *part) Read(b []byte) (int, error) {
	if p.archive.left <= 0 {
		return 0, errTooMuch
	}
	n, err := p.src.Read(b[:min(int64(len(b)), p.archive.left)])
	p.archive.left -= int64(n)
	p.read += int64(n)
	return n, err
}

// piece is that of what is unpacked ahead.
func (p *part) piece() (buf []byte, n int, err error) {
	if p.archive.left <= 0 {
		return nil, 0, errTooMuch
	}
	if buf, n, err = p.ahead.piece(); err != nil {
		return nil, 0, err
	}
	n = int(min(int64(n), p.archive.left))
	p.archive.left -= int64(n)
	p.read += int64(n)
	return buf[:inflate.Window+n], n, nil
}

// xml reads the part as XML; whole says that it is read to its end, so that a large one is unpacked in a goroutine of its
// own, which Close ends.
func (p *part) xml(whole bool) (*xmlReader, error) {
	if !whole || p.size < largePart {
		return newXMLReader(p)
	}
	p.ahead = newReadAhead(p.member)
	p.src = p.ahead
	return startXML(&xmlReader{src: p, pieces: p})
}

// Close ends what runs for the part.
func (p *part) Close() error {
	if p.ahead == nil {
		return nil
	}
	return p.ahead.Close()
}

// progress is the share of the part that was unpacked.
func (p *part) progress() float64 {
	if p.size <= 0 {
		return 1
	}
	return min(1, float64(p.read)/float64(p.size))
}

// relation is one relationship of a part.
type relation struct {
	kind   string // last segment of the type's address, such as worksheet; the same in strict workbooks
	target string // name of the part, resolved
}

// usedKinds are the kinds of relationships that lead to what is read. A sheet has one more for each of its links.
var usedKinds = map[string]bool{"officeDocument": true, "worksheet": true, "sharedStrings": true, "styles": true, "calcChain": true, "table": true}

// maxRelationBytes bounds the ids and targets that are kept of one part's relationships.
const maxRelationBytes = 4 << 20

// relations reads the relationships of a part by their ids, those that lead to what is read within the package; a part
// without any has an empty map. For the package itself owner is empty.
func (a *archive) relations(owner string) (map[string]relation, error) {
	dir, base := path.Split(strings.ReplaceAll(owner, `\`, "/"))
	rels := map[string]relation{}
	name := dir + "_rels/" + base + ".rels"
	if !a.has(name) {
		return rels, nil
	}
	held := 0
	err := a.parse(name, func(x *xmlReader) error {
		if string(x.name) != "Relationship" {
			return nil
		}
		id := x.attribute("Id")
		kind := x.attribute("Type")
		target := x.attribute("Target")
		mode := x.attribute("TargetMode")
		if kind = path.Base(kind); mode == "External" || !usedKinds[kind] {
			return nil
		}
		target = strings.ReplaceAll(target, `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", dir, target)
		}
		if held += len(id) + len(target); held > maxRelationBytes || len(rels) > a.limits.Parts {
			return errManyParts
		}
		rels[id] = relation{kind: strings.Clone(kind), target: strings.TrimPrefix(target, "/")}
		return nil
	})
	return rels, err
}

// parse reads a small part to its end and calls start for each start tag.
func (a *archive) parse(name string, start func(*xmlReader) error) error {
	p, err := a.open(name)
	if err != nil {
		return err
	}
	defer func() { _ = p.Close() }()
	x, err := newXMLReader(p)
	if err != nil {
		return err
	}
	for {
		kind, err := x.next()
		if err != nil {
			return err
		}
		switch kind {
		case tokenEOF:
			return nil
		case tokenStart:
			if err := start(x); err != nil {
				return err
			}
		}
	}
}
