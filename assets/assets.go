// Package assets is the program's pictures and translations.
package assets

import (
	"embed"

	"fyne.io/fyne/v2"
)

//go:generate go run ./drawicon icon.png

//go:embed icon.png
var icon []byte

// Icon is the program's icon, 512 pixels square.
var Icon = fyne.NewStaticResource("icon.png", icon)

// Translations holds the folder translation with one JSON file a language.
//
//go:embed translation
var Translations embed.FS
