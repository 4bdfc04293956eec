package portal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"strings"
)

// SavePicture writes a picture as PNG into the folder under a name that is free, and returns its path.
func (p *Portal) SavePicture(ctx context.Context, dir, title string, picture image.Image) (string, error) {
	data, err := encodePNG(ctx, picture)
	if err != nil {
		return "", err
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '-'
		}
		return r
	}, title)
	path := freeName(dir, name, ".png")
	if err := os.WriteFile(path, data, 0o666); err != nil {
		return "", fmt.Errorf("the picture can't be kept as %s: check the free space and the right to write there (%w)", path, err)
	}
	return path, nil
}

// ErrNoClipboard says that pictures can't be copied on this computer.
var ErrNoClipboard = errors.New("this computer offers no way to copy a picture: save it as PNG instead")

// CopyPicture puts a picture on the clipboard.
func (p *Portal) CopyPicture(ctx context.Context, picture image.Image) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	data, err := encodePNG(ctx, picture)
	if err != nil {
		return err
	}
	return copyPNG(ctx, data)
}

func encodePNG(ctx context.Context, picture image.Image) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("the picture can't be written as PNG: %w", err)
	}
	return out.Bytes(), nil
}
