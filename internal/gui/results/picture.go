package results

import (
	"context"
	"image"
	"image/draw"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
)

// pictureMenu offers the figures as a picture.
func (s *Screen) pictureMenu() {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.picture).AddXY(0, s.picture.Size().Height)
	s.offer(words.T("Figures"), s.charts.Container, at)
}

// chartMenu offers one chart as a picture.
func (s *Screen) chartMenu(title string, panel fyne.CanvasObject, at fyne.Position) {
	s.offer(title, panel, at)
}

func (s *Screen) offer(title string, o fyne.CanvasObject, at fyne.Position) {
	s.shell.Dialogs.Menu(at,
		fyne.NewMenuItem(words.T("Copy as a picture"), func() { s.takePicture(title, o, true) }),
		fyne.NewMenuItem(words.T("Save as PNG"), func() { s.takePicture(title, o, false) }))
}

// TakePicture copies or saves all figures.
func (s *Screen) TakePicture(title string, toClipboard bool) {
	s.takePicture(title, s.charts.Container, toClipboard)
}

// takePicture copies or saves what an object shows.
func (s *Screen) takePicture(title string, o fyne.CanvasObject, toClipboard bool) {
	if s.picturing.Busy() {
		return
	}
	picture := Picture(s.shell.Window.Canvas(), o)
	tasks.Start(s.picturing, func(ctx context.Context, _ func(int64, int64)) (string, error) {
		if toClipboard {
			return "", s.actions.CopyPicture(ctx, picture)
		}
		return s.actions.SavePicture(ctx, title, picture)
	}, nil, func(path string, err error) {
		switch {
		case err != nil:
			s.saved.Failed(err)
		case toClipboard:
			s.saved.Done(words.T("The picture is on the clipboard."))
		default:
			s.saved.At(path)
		}
	})
}

// Picture is what an object of the canvas shows, at the screen's resolution.
func Picture(c fyne.Canvas, o fyne.CanvasObject) image.Image {
	all := c.Capture()
	at, size, scale := fyne.CurrentApp().Driver().AbsolutePositionForObject(o), o.Size(), c.Scale()
	from := image.Pt(int(at.X*scale), int(at.Y*scale))
	part := image.NewNRGBA(image.Rect(0, 0, int(size.Width*scale), int(size.Height*scale)))
	draw.Draw(part, part.Bounds(), all, from.Add(all.Bounds().Min), draw.Src)
	return part
}
