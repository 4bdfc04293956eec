// Package scratch keeps data on disk for a while if it does not fit into memory.
// The data comes from people's own files, so it is encrypted; the key is only in this process's memory.
// The file has no name, or loses it when the process ends, even if the process crashes.
package scratch

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fabricportal/internal/format"
)

// Error says that the disk failed, and what to do.
type Error struct{ *format.Said }

// File is a file without a name. It is written at its end by one goroutine, and read anywhere, by several at once.
type File struct {
	f     *os.File
	dir   string
	block cipher.Block
	size  int64
	wrote []byte // what was written last, encrypted
}

// Create makes a file in the folder for temporary files. Errors are *Error.
func Create() (*File, error) {
	dir := os.TempDir()
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, failed(dir, "making a key", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, failed(dir, "making a key", err)
	}
	f, err := createUnnamed(filepath.Join(dir, "portal-"+rand.Text()))
	if err != nil {
		return nil, failed(dir, "making a temporary file", err)
	}
	return &File{f: f, dir: dir, block: block}, nil
}

// Size is the number of bytes that were written.
func (f *File) Size() int64 { return f.size }

// Write appends to the file. Errors are *Error.
func (f *File) Write(p []byte) (int, error) {
	f.wrote = append(f.wrote[:0], p...)
	f.code(f.wrote, f.size)
	n, err := f.f.WriteAt(f.wrote, f.size)
	f.size += int64(n)
	if err != nil {
		return n, failed(f.dir, "writing a temporary file", err)
	}
	return n, nil
}

// ReadAt reads what was written from a place on. Errors are *Error.
func (f *File) ReadAt(p []byte, from int64) (int, error) {
	n, err := f.f.ReadAt(p, from)
	f.code(p[:n], from)
	if err != nil {
		return n, failed(f.dir, "reading a temporary file", err)
	}
	return n, nil
}

// Close gives the space back.
func (f *File) Close() error { return f.f.Close() }

// code encrypts or decrypts what stands at a place, with AES in counter mode (NIST SP 800-38A): every block of the file
// has a counter of its own, and no other file has this key.
func (f *File) code(p []byte, from int64) {
	var counter [aes.BlockSize]byte
	binary.BigEndian.PutUint64(counter[8:], uint64(from/aes.BlockSize))
	stream := cipher.NewCTR(f.block, counter[:])
	if skip := from % aes.BlockSize; skip > 0 {
		var before [aes.BlockSize]byte
		stream.XORKeyStream(before[:skip], before[:skip])
	}
	stream.XORKeyStream(p, p)
}

func failed(dir, doing string, err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		err = path.Err // the name of the file says nothing to anyone
	}
	said := format.Say("the folder for temporary files, {{.Folder}}, has no room for it ({{.Why}}): free some space on that drive and try again", "Folder", dir, "Why", err.Error())
	return &Error{said.Over(fmt.Errorf("%s: %w", doing, err))}
}
