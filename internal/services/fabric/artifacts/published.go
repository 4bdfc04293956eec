package artifacts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"reflect"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/format"
)

// Published is what is published: the files that the manifest in current/ names (contract/RULES.md, Publication). Each is taken from
// current/ where it is what the manifest says, else from the folder of the run that wrote it; so whoever reads in the middle of a
// publication, or after one that was killed, gets the files of one run. In a lakehouse without a manifest, current/ is taken as it stands.
type Published struct {
	Manifest *contract.Manifest // nil where no notebook has written one yet
	ETag     string             // of the manifest; another one tells of another publication; "" where the source does not tell

	// Replaced says that a file that was read stands otherwise in current/: the next publication is under way, or one was killed.
	Replaced bool

	from Opener
}

// PublishingError says that nothing whole can be read of what is published at this moment.
type PublishingError struct {
	Why error // what was found; nil where there is nothing to say
}

func (e *PublishingError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *PublishingError) Say(w format.Writer) string {
	if e.Why != nil {
		return w.T("new results are being published at this moment: look again in a minute; if it stays so, the publication was interrupted ({{.Why}}), and a run or a restore puts it right", "Why", w.Words(e.Why))
	}
	return w.T("new results are being published at this moment: look again in a minute; if it stays so, the publication was interrupted, and a run or a restore puts it right")
}

func (e *PublishingError) Unwrap() error { return e.Why }

// alteredError says that a file is not the one that the manifest names.
type alteredError struct{ path string }

func (e *alteredError) Error() string {
	return e.Say(format.English)
}

// Say is part of format.Sayer.
func (e *alteredError) Say(w format.Writer) string {
	return w.T("{{.File}} is not the file that {{.Manifest}} names", "File", e.path, "Manifest", ManifestFile)
}

// tries is how often something is read again before it counts as being published.
const tries = 5

// pause is how long is waited for a manifest that is just being written.
var pause = time.Second

// ReadPublished reads the manifest and has read use it; where another one was published meanwhile, it begins again. read may be called
// several times, and is not called where there is an error. Errors: *PublishingError, *DocumentError where the manifest is of a later
// form, those of from, and read's.
func ReadPublished[T any](ctx context.Context, from Opener, read func(*Published) (T, error)) (T, error) {
	var none T
	p, err := LookPublished(ctx, from)
	if err != nil {
		return none, err
	}
	for try := 1; ; try++ {
		out, err := read(p)
		if _, under := errors.AsType[*PublishingError](err); !under || try == tries {
			return out, err
		}
		now, lookErr := LookPublished(ctx, from)
		if lookErr != nil {
			return none, lookErr
		}
		if p.same(now) {
			return out, err
		}
		p = now
	}
}

// same tells whether both are one publication.
func (p *Published) same(q *Published) bool {
	if p.Manifest == nil || q.Manifest == nil {
		return p.Manifest == q.Manifest
	}
	return reflect.DeepEqual(*p.Manifest, *q.Manifest)
}

// LookPublished reads the manifest, and reads it again a few times where it is just being written. Errors: *PublishingError,
// *DocumentError where it is of a later form, those of from.
func LookPublished(ctx context.Context, from Opener) (*Published, error) {
	for try := 1; ; try++ {
		p, err := look(ctx, from)
		if !passing(err) || try > tries {
			return p, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}

// passing tells whether an error is of a file that is just being written.
func passing(err error) bool {
	_, under := errors.AsType[*PublishingError](err)
	return under || otherwise(err)
}

// otherwise tells whether an error is of a file that changed while it was read.
func otherwise(err error) bool {
	_, changed := errors.AsType[*ChangedError](err)
	_, wrong := errors.AsType[*RangeError](err)
	return changed || wrong
}

// look reads the manifest once.
func look(ctx context.Context, from Opener) (*Published, error) {
	p := &Published{from: from}
	const at = CurrentFolder + "/" + ManifestFile
	tagged := openerFunc(func(ctx context.Context, path string) (io.ReadCloser, File, error) {
		body, file, err := from.Open(ctx, path)
		p.ETag = file.ETag
		return body, file, err
	})
	data, err := readUpTo(ctx, tagged, at, contract.MaxManifest)
	var missing *NotFoundError
	var large *TooLargeError
	switch {
	case errors.As(err, &missing):
		return p, nil
	case errors.As(err, &large):
		return nil, &PublishingError{Why: err}
	case err != nil:
		return nil, err
	}
	m, err := contract.Decode[contract.Manifest](ManifestFile, data)
	if err == nil {
		err = m.Whole(ManifestFile)
	}
	var newer *contract.ErrNewerVersion
	switch {
	case errors.As(err, &newer):
		return nil, &DocumentError{Path: at, Err: err}
	case err != nil:
		return nil, &PublishingError{Why: err}
	}
	p.Manifest = &m
	return p, nil
}

type openerFunc func(ctx context.Context, path string) (io.ReadCloser, File, error)

func (f openerFunc) Open(ctx context.Context, path string) (io.ReadCloser, File, error) {
	return f(ctx, path)
}

// PublishedDocument reads one of the contract's documents. Errors: *NotFoundError only where there is no manifest, *PublishingError,
// *DocumentError, *TooLargeError, those of the source.
func PublishedDocument[T contract.Document](ctx context.Context, p *Published, name string) (T, error) {
	data, err := p.read(ctx, name)
	if err != nil {
		var none T
		return none, err
	}
	return Decode[T](CurrentFolder, name, data)
}

// read is a published file of at most MaxDocument bytes.
func (p *Published) read(ctx context.Context, name string) ([]byte, error) {
	return places(p, name, func(from Opener, path string) ([]byte, error) { return ReadDocument(ctx, from, path) })
}

// Check reads a document as PublishedDocument does, and keeps nothing of it.
func (p *Published) Check(ctx context.Context, name string) error {
	_, err := p.read(ctx, name)
	return err
}

// save downloads a published file, as Save does.
func (p *Published) save(ctx context.Context, name, localPath string, named naming, progress func(done, total int64)) (Saved, error) {
	if p.Manifest != nil {
		if _, ok := p.Manifest.File(name); !ok { // stands in current/, and is no part of what is published
			return save(ctx, p.from, CurrentFolder+"/"+name, localPath, named, progress)
		}
	}
	parts, err := p.Parts(name)
	if err != nil {
		return Saved{}, err
	}
	if parts != nil {
		saved, err := saveParts(ctx, p.from, parts, localPath, named, progress)
		return saved, underWay(err)
	}
	return places(p, name, func(from Opener, path string) (Saved, error) {
		return save(ctx, from, path, localPath, named, progress)
	})
}

// Save downloads a published file to localPath as the function Save does. Errors: those, and *PublishingError.
func (p *Published) Save(ctx context.Context, name, localPath string, progress func(done, total int64)) (Saved, error) {
	return p.save(ctx, name, localPath, replacing, progress)
}

// wholeFirst is the size up to which First reads a file whole, to compare its hash.
const wholeFirst = 4 << 20

// First reads a published file from its start, for the first rows of it. Beyond 4 MB it is read in the folder of its run, which never
// changes, and only its size is compared; one that is not there is a *NotFoundError. One in parts is read part by part, and ends in a
// *PublishingError where one of them is not what the manifest lists. Other errors as PublishedDocument.
func (p *Published) First(ctx context.Context, name string) (io.ReadCloser, error) {
	if p.Manifest == nil {
		body, _, err := p.from.Open(ctx, CurrentFolder+"/"+name)
		return body, err
	}
	want, err := p.named(name)
	if err != nil {
		return nil, err
	}
	parts, err := p.Parts(name)
	if err != nil {
		return nil, err
	}
	if parts != nil {
		text := parts.text(ctx, p.from)
		err := text.begin()
		if err == nil {
			return &publishedText{text}, nil
		}
		_ = text.Close()
		if _, gone := errors.AsType[*NotFoundError](err); gone {
			return nil, err
		}
		return nil, underWay(err)
	}
	if want.SizeBytes <= wholeFirst {
		data, err := p.read(ctx, name)
		return io.NopCloser(bytes.NewReader(data)), err
	}
	path := p.home() + "/" + name
	body, file, err := p.from.Open(ctx, path)
	if err == nil && file.Size != want.SizeBytes {
		body.Close()
		return nil, &NotFoundError{Path: path}
	}
	return body, err
}

func (p *Published) home() string { return RunsFolder + "/" + p.Manifest.Home() }

func (p *Published) named(name string) (contract.Output, error) {
	want, ok := p.Manifest.File(name)
	if !ok {
		return want, &DocumentError{Path: CurrentFolder + "/" + ManifestFile, Err: fmt.Errorf("%s names no %s: start a new run", ManifestFile, name)}
	}
	return want, nil
}

// places has a file used where it stands as the manifest says: in current/, else in the folder of its run.
func places[T any](p *Published, name string, use func(from Opener, path string) (T, error)) (T, error) {
	var none T
	if p.Manifest == nil {
		return use(p.from, CurrentFolder+"/"+name)
	}
	want, err := p.named(name)
	if err != nil {
		return none, err
	}
	checked := &checkedOpener{p.from, want}
	var why error
	for _, folder := range []string{CurrentFolder, p.home()} {
		out, err := use(checked, folder+"/"+name)
		var missing *NotFoundError
		var altered *alteredError
		if !errors.As(err, &missing) && !errors.As(err, &altered) && !otherwise(err) {
			return out, err
		}
		p.Replaced, why = true, err
	}
	return none, &PublishingError{Why: why}
}

// publishedText is an output in parts that is being read.
type publishedText struct{ *partsText }

func (t *publishedText) Read(b []byte) (int, error) {
	n, err := t.partsText.Read(b)
	return n, underWay(err)
}

// underWay is the error of a part that is not, or not any more, what the manifest lists.
func underWay(err error) error {
	var missing *NotFoundError
	var altered *alteredError
	if errors.As(err, &missing) || errors.As(err, &altered) || otherwise(err) {
		return &PublishingError{Why: err}
	}
	return err
}

// checkedOpener opens files that must be what the manifest says. At the end of another one the reader gives *alteredError.
type checkedOpener struct {
	from Opener
	want contract.Output
}

func (c *checkedOpener) Open(ctx context.Context, path string) (io.ReadCloser, File, error) {
	body, file, err := c.from.Open(ctx, path)
	if err != nil {
		return nil, file, err
	}
	if file.Size != c.want.SizeBytes {
		body.Close()
		return nil, file, &alteredError{path}
	}
	return &checkedReader{ReadCloser: body, path: path, want: c.want.SHA256, hash: sha256.New()}, file, nil
}

type checkedReader struct {
	io.ReadCloser
	path, want string
	hash       hash.Hash
}

func (r *checkedReader) Read(b []byte) (int, error) {
	n, err := r.ReadCloser.Read(b)
	r.hash.Write(b[:n])
	if err == io.EOF && hex.EncodeToString(r.hash.Sum(nil)) != r.want {
		err = &alteredError{r.path}
	}
	return n, err
}
