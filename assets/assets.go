// Package assets is the program's pictures.
package assets

import (
	_ "embed"

	"fyne.io/fyne/v2"
)

//go:embed icon.png
var icon []byte

// Icon is the program's icon, 512 pixels square.
var Icon = fyne.NewStaticResource("icon.png", icon)
