package artifacts_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/services/fabric/artifacts"
)

// oneFile is a lakehouse of one file, and tells how much of it was read.
type oneFile struct {
	body io.Reader
	size int64 // as the source tells it
	err  error

	read   int64
	closed bool
}

func (o *oneFile) Open(_ context.Context, path string) (io.ReadCloser, artifacts.File, error) {
	return o, artifacts.File{Path: path, Size: o.size}, o.err
}

func (o *oneFile) Read(p []byte) (int, error) {
	n, err := o.body.Read(p)
	o.read += int64(n)
	return n, err
}

func (o *oneFile) Close() error {
	o.closed = true
	return nil
}

// blanks is so many blanks, which JSON allows around a document.
func blanks(n int64) io.Reader { return io.LimitReader(endless{}, n) }

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

const kpisPath = artifacts.CurrentFolder + "/" + artifacts.KPIsFile

func TestDocumentsUpToTheLimitAreReadWhole(t *testing.T) {
	text := string(contracttest.KPIs(func(k *contract.KPIs) { k.Orders = 3 }))
	f := &oneFile{body: io.MultiReader(strings.NewReader(text), blanks(artifacts.MaxDocument-int64(len(text)))), size: artifacts.MaxDocument}
	k, err := artifacts.Document[contract.KPIs](t.Context(), f, artifacts.CurrentFolder, artifacts.KPIsFile)
	require.NoError(t, err)
	require.EqualValues(t, 3, k.Orders)
	require.True(t, f.closed)
}

func TestALargerDocumentIsRefusedAndNeverCut(t *testing.T) {
	for name, f := range map[string]*oneFile{
		"the source tells its size":         {body: blanks(artifacts.MaxDocument + 1), size: artifacts.MaxDocument + 1},
		"the source tells no size":          {body: blanks(1 << 40)},
		"the source tells too small a size": {body: blanks(1 << 40), size: 10},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := artifacts.Document[contract.KPIs](t.Context(), f, artifacts.CurrentFolder, artifacts.KPIsFile)
			var large *artifacts.TooLargeError
			require.ErrorAs(t, err, &large)
			assert.Equal(t, artifacts.TooLargeError{Path: kpisPath, Size: artifacts.MaxDocument + 1, Limit: artifacts.MaxDocument}, *large)
			assert.Contains(t, err.Error(), kpisPath+" has 16.1 MB, and documents of at most 16 MB are read: check that channel")
			assert.LessOrEqual(t, f.read, int64(artifacts.MaxDocument+1))
			assert.True(t, f.closed)
		})
	}
}

func TestWhyADocumentCanNotBeRead(t *testing.T) {
	read := func(ctx context.Context, f *oneFile) error {
		_, err := artifacts.Document[contract.RunMetadata](ctx, f, artifacts.CurrentFolder, artifacts.MetadataFile)
		return err
	}
	var missing *artifacts.NotFoundError
	require.ErrorAs(t, read(t.Context(), &oneFile{err: &artifacts.NotFoundError{Path: "x"}}), &missing)

	var other *artifacts.DocumentError
	err := read(t.Context(), &oneFile{body: strings.NewReader(`{"schema_version`)})
	require.ErrorAs(t, err, &other)
	require.Equal(t, artifacts.CurrentFolder+"/"+artifacts.MetadataFile, other.Path)
	require.ErrorContains(t, err, "run_metadata.json can't be read: it is no whole JSON document")
	err = read(t.Context(), &oneFile{body: strings.NewReader(`{"schema_version":99}`)})
	require.ErrorAs(t, err, &other)
	var newer *contract.ErrNewerVersion
	require.ErrorAs(t, err, &newer)

	var unreachable *artifacts.UnreachableError
	err = read(t.Context(), &oneFile{body: io.MultiReader(strings.NewReader("{"), broken{})})
	require.ErrorAs(t, err, &unreachable)
	require.Equal(t, "reading "+artifacts.CurrentFolder+"/"+artifacts.MetadataFile, unreachable.Doing)
	require.ErrorIs(t, err, errBroken)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, read(ctx, &oneFile{body: broken{}}), context.Canceled)
}

var errBroken = errors.New("the line broke")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }
