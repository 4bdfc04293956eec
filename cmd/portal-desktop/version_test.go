package main

import (
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"
)

func TestVersionIsThatOfThePackage(t *testing.T) {
	var meta struct{ Details struct{ Version string } }
	_, err := toml.DecodeFile("../../FyneApp.toml", &meta)
	require.NoError(t, err)
	require.Equal(t, meta.Details.Version, version, "FyneApp.toml and main.version state one version")
}
