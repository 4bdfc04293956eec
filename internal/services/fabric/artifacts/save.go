package artifacts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
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
// when all has arrived: a download that fails leaves behind what was there. progress (may be nil) is called from this goroutine.
// Errors: *NameError, *atomicfile.Error, those of from, or the context's.
func Save(ctx context.Context, from Opener, path, localPath string, progress func(done, total int64)) (Saved, error) {
	return save(ctx, from, path, localPath, replacing, progress)
}

// naming writes a file whole, and says under which name.
type naming func(ctx context.Context, path string, mode fs.FileMode, write func(io.Writer) error) (string, int64, error)

// replacing takes the name, whoever has it; atomicfile.Create takes a free one.
func replacing(ctx context.Context, path string, mode fs.FileMode, write func(io.Writer) error) (string, int64, error) {
	size, err := atomicfile.Replace(ctx, path, mode, write)
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
		if name, err = CheckName(path[strings.LastIndex(path, "/")+1:]); err != nil {
			return Saved{}, err
		}
		if !filepath.IsLocal(name) {
			return Saved{}, &NameError{Name: shown(name), Reason: format.Say("this computer does not allow it")}
		}
		dir = local
	}
	var saved Saved
	hash := sha256.New()
	saved.Path, saved.Size, err = named(ctx, filepath.Join(dir, name), atomicfile.Shared, func(w io.Writer) error {
		body, info, err := from.Open(ctx, path)
		if err != nil {
			return err
		}
		defer body.Close()
		out := io.MultiWriter(w, hash, &reporter{total: info.Size, progress: progress})
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
