// Package picture saves what the window shows as PNG: in a file or on the clipboard. Fyne itself puts only texts there.
package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"strings"
	"time"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/services/results/export"
)

// Save writes a picture as PNG into the folder under a name that is free, and returns its path.
func Save(ctx context.Context, dir, title string, picture image.Image) (string, error) {
	data, err := encode(ctx, picture)
	if err != nil {
		return "", err
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '-'
		}
		return r
	}, title)
	path := export.FreeName(dir, name, ".png")
	if err := atomicfile.WriteFile(path, data, atomicfile.Shared); err != nil {
		return "", err
	}
	return path, nil
}

// ErrNoClipboard says that pictures can't be copied on this computer.
var ErrNoClipboard = errors.New("this computer offers no way to copy a picture: save it as PNG instead")

// copyTime bounds the work of the program that keeps the clipboard.
const copyTime = 30 * time.Second

// Copy puts a picture on the clipboard. ErrNoClipboard where this computer offers no way to.
func Copy(ctx context.Context, picture image.Image) error {
	ctx, cancel := context.WithTimeout(ctx, copyTime)
	defer cancel()
	data, err := encode(ctx, picture)
	if err != nil {
		return err
	}
	return copyPNG(ctx, data)
}

func encode(ctx context.Context, picture image.Image) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("the picture can't be written as PNG: %w", err)
	}
	return out.Bytes(), nil
}
