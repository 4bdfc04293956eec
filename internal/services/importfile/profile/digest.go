package profile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"

	"fabricportal/internal/services/importfile/spreadsheet"
)

// digest computes a file's SHA-256 beside the reading, through the same handle, so that it is that of the bytes that are
// read, unless the file is changed meanwhile, which is asked at the end.
type digest struct {
	hash   hash.Hash
	cancel context.CancelFunc
	done   chan struct{}
	err    error // valid once done is closed
}

func startDigest(ctx context.Context, file *spreadsheet.File) *digest {
	return digestInto(ctx, file, sha256.New())
}

func digestInto(ctx context.Context, file *spreadsheet.File, into hash.Hash) *digest {
	d := &digest{hash: into, done: make(chan struct{})}
	ctx, d.cancel = context.WithCancel(ctx)
	go func() {
		defer close(d.done)
		d.err = file.WriteTo(ctx, d.hash) // a panic in it comes as an error
	}()
	return d
}

// sum waits for the whole file and gives its hash in hexadecimal digits.
func (d *digest) sum() (string, error) {
	<-d.done
	if d.err != nil {
		return "", d.err
	}
	return hex.EncodeToString(d.hash.Sum(nil)), nil
}

// stop ends the goroutine and waits for it.
func (d *digest) stop() {
	d.cancel()
	<-d.done
}
