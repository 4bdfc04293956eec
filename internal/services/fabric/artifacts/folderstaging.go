package artifacts

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Upload is part of Store: the file is written beside its place and takes its name when it is whole and on the disk.
func (f *Folder) Upload(ctx context.Context, name string, r io.ReaderAt, size int64, opts UploadOptions) (File, error) {
	return upload(ctx, f, name, r, size, opts)
}

// did asks the system for something that has no answer, at a staging file.
func (f *Folder) did(ctx context.Context, staging string, do func(root *os.Root, at string) error) error {
	if err := staged(staging); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	// What was begun is waited for, also by who gives up: it is not to be done after what comes next.
	_, err := asked(context.WithoutCancel(ctx), f, func(root *os.Root) (struct{}, error) { return struct{}{}, do(root, filepath.FromSlash(staging)) })
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return f.failed(staging, err)
}

// Begin is part of Staging.
func (f *Folder) Begin(ctx context.Context, staging string) error {
	return f.did(ctx, staging, func(root *os.Root, at string) error {
		// The folder is made and looked at through the root: a link that leads elsewhere is no place to write to.
		if _, err := root.Stat("Files"); err != nil {
			return err
		}
		if err := root.Mkdir(filepath.FromSlash(ImportFolder), 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		file, err := root.OpenFile(at, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if err != nil {
			return err
		}
		return file.Close()
	})
}

// Put is part of Staging. What the system says that it has written is read back in the end.
func (f *Folder) Put(ctx context.Context, staging string, at int64, chunk []byte) (checked bool, err error) {
	return false, f.did(ctx, staging, func(root *os.Root, name string) error {
		file, err := root.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = file.WriteAt(chunk, at)
		return errors.Join(err, file.Close())
	})
}

// Flush is part of Staging: what was written is on the disk.
func (f *Folder) Flush(ctx context.Context, staging string, _ int64) (tag string, err error) {
	err = f.did(ctx, staging, func(root *os.Root, at string) error {
		file, err := root.OpenFile(at, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := file.Sync(); err != nil {
			return err
		}
		info, err := file.Stat()
		if err == nil {
			tag = described(staging, info).ETag
		}
		return err
	})
	if err != nil {
		return "", err // tag may still be written to
	}
	return tag, nil
}

// Rewrites is part of Staging.
func (*Folder) Rewrites() bool { return true }

// Name is part of Staging.
func (f *Folder) Name(ctx context.Context, staging, name string, overwrite bool) error {
	name, err := CheckName(name)
	if err != nil {
		return err
	}
	to := filepath.FromSlash(ImportFolder + "/" + name)
	err = f.did(ctx, staging, func(root *os.Root, at string) error {
		if err := named(root, at, to, overwrite); err != nil {
			return err
		}
		// The folder holds the name; where it can't be made to, the file is as safe as it can be there.
		if dir, err := root.Open(filepath.FromSlash(ImportFolder)); err == nil {
			_ = dir.Sync()
			dir.Close()
		}
		return nil
	})
	if errors.Is(err, fs.ErrExist) {
		return &ExistsError{Name: name}
	}
	return err
}

func named(root *os.Root, from, to string, overwrite bool) error {
	if overwrite {
		return root.Rename(from, to)
	}
	err := root.Link(from, to)
	if err == nil {
		return root.Remove(from)
	}
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, there := root.Lstat(to); !errors.Is(there, fs.ErrNotExist) { // a file system without links: between the look and the name there is a moment
		return errors.Join(fs.ErrExist, err)
	}
	return root.Rename(from, to)
}

// Discard is part of Staging.
func (f *Folder) Discard(ctx context.Context, staging string) error {
	err := f.did(context.WithoutCancel(ctx), staging, func(root *os.Root, at string) error { return root.Remove(at) })
	if _, gone := errors.AsType[*NotFoundError](err); gone {
		return nil
	}
	return err
}

// Remove deletes a file as it was seen, as OneLake.Remove does.
func (f *Folder) Remove(ctx context.Context, seen File) error {
	if err := checkPath(seen.Path); err != nil {
		return err
	}
	_, err := asked(context.WithoutCancel(ctx), f, func(root *os.Root) (struct{}, error) {
		at := filepath.FromSlash(seen.Path)
		info, err := root.Lstat(at)
		if err == nil && seen.ETag != "" && described(seen.Path, info).ETag != seen.ETag {
			err = errReplaced
		}
		if err == nil {
			err = root.Remove(at)
		}
		return struct{}{}, err
	})
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, errReplaced):
		return &LeftError{Path: seen.Path, Err: err}
	}
	return &LeftError{Path: seen.Path, Err: f.failed(seen.Path, err)}
}
