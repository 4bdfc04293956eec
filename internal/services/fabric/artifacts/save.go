package artifacts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"fabricportal/internal/atomicfile"
)

// Opener is what Save and ReadDocument read from; Store is one.
type Opener interface {
	Open(ctx context.Context, path string) (io.ReadCloser, File, error)
}

// Saved is a file that was downloaded.
type Saved struct {
	Path   string // full
	Size   int64  // bytes
	SHA256 string // lower-case hexadecimal
}

// Save downloads a file of the lakehouse to localPath, or into it under its own name where it is a folder. The name is replaced only
// when all has arrived: a download that fails leaves behind what was there. A large one comes in several parts at a time, and what of it has
// arrived is kept beside the name for a week: the next Save of the same file to the same place goes on from there. progress (may be nil) is
// called from this goroutine. Errors: *NameError, *atomicfile.Error, *UnfinishedError, those of from, or the context's.
func Save(ctx context.Context, from Opener, path, localPath string, progress func(done, total int64)) (Saved, error) {
	return save(ctx, from, path, localPath, replacing, progress)
}

// naming says what becomes of a file that has the name already.
type naming bool

const (
	replacing naming = true  // the name is taken, whoever has it
	beside    naming = false // a free one is used, such as “kpis (2).json”
)

// write writes a file whole, and says under which name.
func (n naming) write(ctx context.Context, path string, write func(io.Writer) error) (string, int64, error) {
	if n == beside {
		return atomicfile.Create(ctx, path, atomicfile.Shared, write)
	}
	size, err := atomicfile.Replace(ctx, path, atomicfile.Shared, write)
	return path, size, err
}

func save(ctx context.Context, from Opener, path, localPath string, named naming, progress func(done, total int64)) (Saved, error) {
	local, err := filepath.Abs(localPath)
	if err != nil {
		return Saved{}, fmt.Errorf("saving %s: %w", path, err)
	}
	dir, name := filepath.Split(local)
	if info, err := os.Stat(local); err == nil && info.IsDir() {
		// The name comes from the lakehouse: one that means something to this system is refused.
		name = path[strings.LastIndex(path, "/")+1:]
		if err := CheckLocalName(name); err != nil {
			return Saved{}, err
		}
		dir = local
	}
	local = filepath.Join(dir, name)
	body, info, err := from.Open(ctx, path)
	if err != nil {
		return Saved{}, err
	}
	defer body.Close()
	told := &reporter{total: info.Size, progress: progress}
	if ranges, want := rangesOf(from); ranges != nil && info.Size >= 2*rangeSize && info.ETag != "" {
		body.Close() // it has told what there is
		saved, err := saveInRanges(ctx, ranges, info, want, local, named, told)
		if !errors.Is(err, atomicfile.ErrBusy) {
			return saved, err
		}
		if body, info, err = from.Open(ctx, path); err != nil { // somebody is at the same download: this one goes by itself
			return Saved{}, err
		}
		defer body.Close()
	}
	var saved Saved
	hash := sha256.New()
	saved.Path, saved.Size, err = named.write(ctx, local, func(w io.Writer) error {
		out := io.MultiWriter(w, hash, told)
		if info.Size < 0 { // it is not known before its end
			_, err = io.Copy(out, body)
			return err
		}
		return copyWhole(out, body, path, info.Size)
	})
	if err != nil {
		return Saved{}, err
	}
	saved.SHA256 = hex.EncodeToString(hash.Sum(nil))
	return saved, nil
}

// reporter tells how much has arrived.
type reporter struct {
	done, total int64
	progress    func(done, total int64)
}

func (r *reporter) Write(p []byte) (int, error) {
	r.add(int64(len(p)))
	return len(p), nil
}

func (r *reporter) add(bytes int64) {
	if r.done += bytes; r.progress != nil {
		r.progress(r.done, r.total)
	}
}
