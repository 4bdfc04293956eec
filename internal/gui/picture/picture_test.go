package picture

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func small() image.Image {
	p := image.NewNRGBA(image.Rect(0, 0, 3, 2))
	p.Set(1, 1, color.NRGBA{R: 200, A: 255})
	return p
}

func TestAPictureIsSavedUnderAFreeName(t *testing.T) {
	dir := t.TempDir()
	for _, want := range []string{"Revenue- by -day-.png", "Revenue- by -day- (2).png"} {
		path, err := Save(t.Context(), dir, "Revenue: by /day?", small())
		require.NoError(t, err)
		require.Equal(t, filepath.Join(dir, want), path)
		f, err := os.Open(path)
		require.NoError(t, err)
		got, err := png.Decode(f)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.Equal(t, small().Bounds(), got.Bounds())
		require.Equal(t, small().At(1, 1), got.At(1, 1))
	}
	_, err := Save(t.Context(), filepath.Join(dir, "nowhere"), "x", small())
	require.ErrorContains(t, err, "can't be written")
	_, err = Save(t.Context(), dir, "x", image.NewNRGBA(image.Rect(0, 0, 0, 0)))
	require.ErrorContains(t, err, "can't be written as PNG")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	_, err = Save(stopped, dir, "x", small())
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, Copy(stopped, small()), context.Canceled)
}
