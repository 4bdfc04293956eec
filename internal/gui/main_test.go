package gui

import (
	"os"
	"testing"

	"fabricportal/internal/gui/words"
)

// The tests look for English texts, whatever this computer's language is.
func TestMain(m *testing.M) {
	os.Setenv(words.Variable, "en")
	os.Exit(m.Run())
}
