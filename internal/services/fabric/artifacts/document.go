package artifacts

import (
	"context"
	"errors"
	"io"
	"math"
	"path"

	"fabricportal/contract"
	"fabricportal/internal/format"
)

// MaxDocument is how many bytes of a run's JSON document are read, whoever reads it: a screen, the database's copy, the
// evidence of a run. So whatever is shown can be kept, too. A usual document has some kilobytes; a column of 80,000
// categories makes a kpis.json of 5 MB.
const MaxDocument = 16 << 20

// TooLargeError says that a document was not read because it is larger than documents may be.
type TooLargeError struct {
	Path  string
	Size  int64 // bytes; where the source does not tell, as many as were read before giving up
	Limit int64 // bytes
}

func (e *TooLargeError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *TooLargeError) Say(w format.Writer) string {
	const mb = 1 << 20
	text := w.T("{{.File}} has {{.Size}} MB, and documents of at most {{.Most}} MB are read", "File", e.Path, "Size", w.Decimal(math.Ceil(float64(e.Size)*10/mb)/10, 1), "Most", w.Count(e.Limit/mb))
	if path.Base(e.Path) == KPIsFile {
		text = w.T("{{.Sentence}}: check that channel, region and product_category hold categories, not a number of its own for each row", "Sentence", text)
	}
	return text
}

// DocumentError says that a document was read, but is not what its name promises.
type DocumentError struct {
	Path string
	Err  error
}

func (e *DocumentError) Error() string { return e.Err.Error() }
func (e *DocumentError) Unwrap() error { return e.Err }

// ReadDocument reads one of a run's JSON documents whole. Errors: *TooLargeError, those of Store.Open and of reading, or
// the context's.
func ReadDocument(ctx context.Context, from Opener, path string) ([]byte, error) {
	return readUpTo(ctx, from, path, MaxDocument)
}

func readUpTo(ctx context.Context, from Opener, path string, limit int64) ([]byte, error) {
	body, file, err := from.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	if file.Size > limit {
		return nil, &TooLargeError{Path: path, Size: file.Size, Limit: limit}
	}
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	var worded *UnreachableError
	var altered *alteredError
	switch {
	case int64(len(data)) > limit:
		return nil, &TooLargeError{Path: path, Size: int64(len(data)), Limit: limit}
	case err == nil:
		return data, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.As(err, &worded), errors.As(err, &altered):
		return nil, err
	}
	return nil, &UnreachableError{Doing: "reading " + path, Err: err}
}

// Document reads one of the contract's documents from a folder of the lakehouse. Errors: those of ReadDocument, or
// *DocumentError.
func Document[T contract.Document](ctx context.Context, from Opener, folder, name string) (T, error) {
	data, err := ReadDocument(ctx, from, folder+"/"+name)
	if err != nil {
		var none T
		return none, err
	}
	return Decode[T](folder, name, data)
}

// DocumentIfThere is Document for one that may be missing; nil then. Errors as Document, but for *NotFoundError.
func DocumentIfThere[T contract.Document](ctx context.Context, from Opener, folder, name string) (*T, error) {
	doc, err := Document[T](ctx, from, folder, name)
	var missing *NotFoundError
	switch {
	case errors.As(err, &missing):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &doc, nil
}

// Decode takes one of the contract's documents out of what ReadDocument gave. Error: *DocumentError.
func Decode[T contract.Document](folder, name string, data []byte) (T, error) {
	doc, err := contract.Decode[T](name, data)
	if err != nil {
		return doc, &DocumentError{Path: folder + "/" + name, Err: err}
	}
	return doc, nil
}
