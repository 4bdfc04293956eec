package licences

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// program is what is linked into the real program; asking Go takes a second for each system.
var program = sync.OnceValues(func() ([]Part, error) {
	return Linked(context.Background(), filepath.Join("..", ".."), "./cmd/portal-desktop")
})

// parts are the program's, which a test may change.
func parts(t *testing.T) []Part {
	t.Helper()
	found, err := program()
	require.NoError(t, err)
	out := slices.Clone(found)
	for i := range out {
		out[i].Texts = slices.Clone(out[i].Texts)
	}
	return out
}

func named(t *testing.T, all []Part, path string) *Part {
	t.Helper()
	at := slices.IndexFunc(all, func(p Part) bool { return p.Path == path })
	require.GreaterOrEqual(t, at, 0, path)
	return &all[at]
}

// This is the check of each part's licence.
func TestThePartsOfTheProgramMayBePassedOn(t *testing.T) {
	all := parts(t)
	policy, err := OurPolicy()
	require.NoError(t, err)
	require.Empty(t, policy.Apply(all))

	// Parts of one system only, and texts in folders of packages, of C and of fonts.
	require.Contains(t, named(t, all, "github.com/danieljoos/wincred").Licences(), "MIT")
	require.Contains(t, named(t, all, "github.com/keybase/go-keychain").Licences(), "MIT")
	require.Contains(t, named(t, all, "github.com/rymdport/portal").Licences(), "Apache-2.0")
	require.Equal(t, []string{"BSD-3-Clause"}, named(t, all, "std").Licences())
	require.Equal(t, []string{"BSD-3-Clause", "Zlib"}, named(t, all, "github.com/go-gl/glfw/v3.4/glfw").Licences())
	require.Equal(t, []string{"BSD-3-Clause", "Bitstream-Vera", "MIT", "OFL-1.1"}, named(t, all, "fyne.io/fyne/v2").Licences())
	// What only tests or the sandbox use is no part of it.
	for _, path := range []string{"fabricportal", "github.com/stretchr/testify", "github.com/fergusstrange/embedded-postgres", "github.com/google/licensecheck"} {
		require.False(t, slices.ContainsFunc(all, func(p Part) bool { return p.Path == path }), path)
	}
}

const beerware = `"THE BEER-WARE LICENSE" (Revision 42):
<phk@FreeBSD.ORG> wrote this file. As long as you retain this notice you can do whatever you want with this stuff.
If we meet some day, and you think this stuff is worth it, you can buy me a beer in return.
Poul-Henning Kamp
`

func TestWhatMayNotBeShippedIsNamed(t *testing.T) {
	policy, err := OurPolicy()
	require.NoError(t, err)
	zlib := named(t, parts(t), "github.com/go-gl/glfw/v3.4/glfw").Texts
	const glfw = "github.com/go-gl/glfw/v3.4/glfw"
	for name, c := range map[string]struct {
		change func(*Policy, *Part)
		want   string
	}{
		"another licence":           {func(_ *Policy, p *Part) { p.Texts[0].Licences = identify([]byte(beerware)) }, "glfw v0.1.0-pre.1.0.20260707082822-2a407d02d01a: LICENSE is Beerware, which is not allowed."},
		"one that was allowed":      {func(policy *Policy, _ *Part) { policy.Allowed = []string{"BSD-3-Clause"} }, "glfw/LICENSE.md is Zlib, which is not allowed."},
		"a text that is no licence": {func(_ *Policy, p *Part) { p.Texts[0].Licences = identify([]byte("All rights reserved. Ask us.")) }, "LICENSE is not a licence that is known."},
		"no text":                   {func(_ *Policy, p *Part) { p.Texts = nil }, "has no licence: nobody may pass it on."},
		"a notice only":             {func(_ *Policy, p *Part) { p.Texts = []Text{{File: "NOTICE", Content: "by us", Notice: true}} }, "has no licence: nobody may pass it on."},
		"an exception for a text that has changed": {func(policy *Policy, _ *Part) {
			policy.Exceptions = append(policy.Exceptions, Exception{Part: glfw, File: "LICENSE", SHA256: sumOf("before"), Licence: "BSD-3-Clause", Reason: "read"})
		}, "LICENSE is not the text that was allowed: its sum is " + sumOf(zlib[0].Content)},
		"an exception for nothing": {func(policy *Policy, _ *Part) {
			policy.Exceptions = append(policy.Exceptions, Exception{Part: glfw, File: "gone", SHA256: "0", Licence: "MIT", Reason: "read"})
		}, "The exception for " + glfw + " gone fits nothing any more: take it out."},
	} {
		t.Run(name, func(t *testing.T) {
			// One part by itself, and a policy without exceptions for others.
			part := Part{Path: glfw, Version: "v0.1.0-pre.1.0.20260707082822-2a407d02d01a", Texts: slices.Clone(zlib)}
			own := Policy{Allowed: policy.Allowed}
			require.Empty(t, own.Apply([]Part{part}), "before the change")
			c.change(&own, &part)
			faults := own.Apply([]Part{part})
			require.Len(t, faults, 1)
			require.Contains(t, faults[0], c.want)
		})
	}
}

func TestAnExceptionSaysAllOfItself(t *testing.T) {
	for _, text := range []string{
		"[[exception]]\npart = \"a\"\nfile = \"LICENSE\"\nsha256 = \"0\"\nlicence = \"MIT\"\nreason = \" \"",
		"[[exception]]\npart = \"a\"\nfile = \"LICENSE\"\nlicence = \"MIT\"\nreason = \"read\"",
		"permitted = [\"MIT\"]",
		"allowed = ",
	} {
		_, err := ParsePolicy(text)
		require.Error(t, err, text)
	}
}

// Which files of a module are read: those of packages in use and above them, and of folders of C and fonts below; not those of
// other packages, tests and sources.
func TestTheTextsOfAModule(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"LICENSE":                      beerware,
		"NOTICE.txt":                   "by us",
		"license.go":                   "package m",
		"LICENSES/x":                   "",
		"used/used.go":                 "package used",
		"used/licence-of-this.md":      "ours",
		"used/font/OFL.txt":            "font",
		"used/c/dummy.go":              "package c",
		"used/c/src/COPYING":           "of C",
		"used/testdata/LICENSE":        "of tests",
		"used/other/other.go":          "package other",
		"used/other/LICENSE":           "of another package",
		"internal/deep/deep.go":        "package deep",
		"internal/COPYRIGHT":           "between",
		"unused/unused.go":             "package unused",
		"unused/LICENSE":               "of another package",
		"used/licensing-for-users.txt": "no licence",
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	m := module{dir: dir, packages: map[string]bool{filepath.Join(dir, "used"): true, filepath.Join(dir, "internal", "deep"): true}}
	texts, err := m.texts()
	require.NoError(t, err)
	var files []string
	for _, text := range texts {
		files = append(files, text.File)
	}
	require.Equal(t, []string{"LICENSE", "NOTICE.txt", "internal/COPYRIGHT", "used/c/src/COPYING", "used/font/OFL.txt", "used/licence-of-this.md"}, files)
	require.Equal(t, []string{"Beerware"}, texts[0].Licences)
	require.True(t, texts[1].Notice)
}

func TestNoticesHaveEachText(t *testing.T) {
	all := parts(t)
	var first, second strings.Builder
	beside := []Text{{File: "mesa.txt", Content: "terms of\r\na library\r\n"}}
	require.NoError(t, WriteNotices(&first, all, beside))
	require.NoError(t, WriteNotices(&second, all, beside))
	require.Equal(t, first.String(), second.String())
	require.NotContains(t, first.String(), "\r")
	texts := 0
	for _, part := range all {
		for _, text := range part.Texts {
			texts++
			require.Contains(t, first.String(), part.Name()+" "+part.Version+": "+text.File+"\n")
			require.Contains(t, first.String(), strings.TrimSpace(strings.ReplaceAll(text.Content, "\r\n", "\n")))
		}
	}
	require.Greater(t, texts, 60)
	require.Contains(t, first.String(), "\nterms of\na library\n")
}

func TestTheListOfPartsIsCompleted(t *testing.T) {
	all := parts(t)
	document := `{"metadata": {"tools": [{"name": "cyclonedx-gomod", "hashes": [{"alg": "MD5", "content": "00"}]}]}, "components": [
		{"name": "golang.org/x/net", "version": "` + named(t, all, "golang.org/x/net").Version + `", "evidence": {"licenses": [{"license": {"id": "BSD-Source-Code"}}]}}]}`
	completed, err := CompleteSBOM([]byte(document), all)
	require.NoError(t, err)
	require.NotContains(t, string(completed), "BSD-Source-Code")
	require.NotContains(t, string(completed), "hashes")
	var bom struct {
		Components []struct {
			Licenses []struct{ License struct{ ID string } }
		}
	}
	require.NoError(t, json.Unmarshal(completed, &bom))
	require.Equal(t, "BSD-3-Clause", bom.Components[0].Licenses[0].License.ID)

	for _, wrong := range []string{
		strings.Replace(document, "golang.org/x/net", "example.com/unknown", 1),
		strings.Replace(document, named(t, all, "golang.org/x/net").Version, "v0.0.1", 1),
		`{"components": []}`,
		`[`,
	} {
		_, err := CompleteSBOM([]byte(wrong), all)
		require.Error(t, err, wrong)
	}
}
