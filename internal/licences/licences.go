// Package licences finds out which licences the program's parts stand under, and gathers their texts. It is a tool of the build:
// no product code imports it.
package licences

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// Part is a module that is linked into the program, or Go's standard library.
type Part struct {
	Path    string // of the module; "std" for the standard library
	Version string
	Texts   []Text // sorted by file
}

// Text is one file that tells on what terms a part may be passed on.
type Text struct {
	File     string // from the module's folder, with slashes
	Content  string
	Licences []string // their SPDX ids, sorted; none where the text is not known, or is no licence but a notice
	Notice   bool     // it tells who made the part, or grants patents, and is no licence
}

// Licences are the SPDX ids of all texts of a part, sorted.
func (p Part) Licences() []string {
	var all []string
	for _, text := range p.Texts {
		all = append(all, text.Licences...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Target is a kind of computer that the program is built for.
type Target struct{ OS, Arch string }

// Targets are those that packages are made for. Each links other modules; what is said of the program holds for all of them.
var Targets = []Target{{"linux", "amd64"}, {"windows", "amd64"}, {"darwin", "arm64"}}

// Tags are those of every build with the window.
const Tags = "migrated_fynedo"

// listed is what “go list -deps -json” says of a package.
type listed struct {
	ImportPath string
	Dir        string
	Standard   bool
	Module     *struct {
		Path, Version, Dir string
		Main               bool
		Replace            *struct{ Path string }
	}
}

// Linked are the parts of a main package for all Targets, sorted by path, the project itself excepted. Dir is the project's folder.
func Linked(ctx context.Context, dir, mainPackage string) ([]Part, error) {
	modules := map[string]*module{}
	for _, target := range Targets {
		packages, err := dependencies(ctx, dir, mainPackage, target)
		if err != nil {
			return nil, err
		}
		for _, p := range packages {
			if p.Standard || p.Module == nil || p.Module.Main {
				continue
			}
			if p.Module.Replace != nil {
				return nil, fmt.Errorf("%s is replaced by %s: what is shipped has to be what go.mod names", p.Module.Path, p.Module.Replace.Path)
			}
			m := modules[p.Module.Path]
			if m == nil {
				m = &module{path: p.Module.Path, version: p.Module.Version, dir: p.Module.Dir, packages: map[string]bool{}}
				modules[p.Module.Path] = m
			}
			m.packages[p.Dir] = true
		}
	}
	std, err := standardLibrary(ctx, dir)
	if err != nil {
		return nil, err
	}
	parts := []Part{std}
	for _, m := range modules {
		texts, err := m.texts()
		if err != nil {
			return nil, fmt.Errorf("the licences of %s: %w", m.path, err)
		}
		parts = append(parts, Part{Path: m.path, Version: m.version, Texts: texts})
	}
	slices.SortFunc(parts, func(a, b Part) int { return strings.Compare(a.Path, b.Path) })
	return parts, nil
}

func dependencies(ctx context.Context, dir, mainPackage string, target Target) ([]listed, error) {
	list := exec.CommandContext(ctx, "go", "list", "-mod=readonly", "-deps", "-tags", Tags, "-json=ImportPath,Dir,Standard,Module", mainPackage) // #nosec G204 -- the package is the builder's
	list.Dir = dir
	// Whether there is a C compiler does not matter: nothing is built.
	list.Env = append(os.Environ(), "GOOS="+target.OS, "GOARCH="+target.Arch, "CGO_ENABLED=1", "GOFLAGS=")
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("what %s is made of for %s: %w", mainPackage, target.OS, withStderr(err))
	}
	var packages []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("what “go list” says: %w", err)
		}
		packages = append(packages, p)
	}
}

// withStderr adds to an error what the program that failed wrote last.
func withStderr(err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
	}
	return err
}

// standardLibrary is Go's own part in every program.
func standardLibrary(ctx context.Context, dir string) (Part, error) {
	env := exec.CommandContext(ctx, "go", "env", "GOROOT", "GOVERSION")
	env.Dir = dir
	out, err := env.Output()
	if err != nil {
		return Part{}, fmt.Errorf("where Go is: %w", withStderr(err))
	}
	root, version, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	texts, err := textsIn(root, root)
	if err != nil {
		return Part{}, fmt.Errorf("the licence of Go: %w", err)
	}
	return Part{Path: "std", Version: version, Texts: texts}, nil
}

// module is one whose packages in use are known.
type module struct {
	path, version, dir string
	packages           map[string]bool // their folders
}

// texts are those of the module as a whole and of each package in use, from its folder up to the module's. What lies below a
// package and is none itself belongs to it: fonts, sources in C.
func (m *module) texts() ([]Text, error) {
	folders := map[string]bool{}
	for folder := range m.packages {
		for up := folder; len(up) >= len(m.dir); up = filepath.Dir(up) {
			folders[up] = true
		}
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case !entry.IsDir() || path == folder:
				return nil
			case entry.Name() == "testdata" || m.packages[path] || isPackage(path):
				return fs.SkipDir
			}
			folders[path] = true
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var all []Text
	for folder := range folders {
		texts, err := textsIn(m.dir, folder)
		if err != nil {
			return nil, err
		}
		all = append(all, texts...)
	}
	slices.SortFunc(all, func(a, b Text) int { return strings.Compare(a.File, b.File) })
	return all, nil
}

// isPackage: does a folder hold Go of its own? A dummy.go only keeps a folder of C from being left out by “go mod vendor”.
func isPackage(folder string) bool {
	sources, _ := filepath.Glob(filepath.Join(folder, "*.go"))
	return slices.ContainsFunc(sources, func(path string) bool { return filepath.Base(path) != "dummy.go" })
}

var (
	licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|unlicense|copying|copyright|ofl)([-_.].*)?$`)
	noticeFile  = regexp.MustCompile(`(?i)^(notice|patents)([-_.].*)?$`)
	sourceFile  = regexp.MustCompile(`(?i)\.(go|c|h|s|py|sh)$`)
)

// textsIn reads the licences and notices that lie in a folder itself.
func textsIn(root, folder string) ([]Text, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var texts []Text
	for _, entry := range entries {
		name := entry.Name()
		notice := noticeFile.MatchString(name)
		if entry.IsDir() || sourceFile.MatchString(name) || !notice && !licenceFile.MatchString(name) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		file, err := filepath.Rel(root, filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		text := Text{File: filepath.ToSlash(file), Content: string(content), Notice: notice}
		if !notice {
			text.Licences = identify(content)
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// enough is how much of a text, in per cent, has to be that of known licences. The rest is who holds the copyright.
const enough = 75

// identify names the licences that a text consists of; none where too much of it is something else.
func identify(content []byte) []string {
	found := licensecheck.Scan(content)
	if found.Percent < enough {
		return nil
	}
	var ids []string
	for _, match := range found.Match {
		if !match.IsURL {
			ids = append(ids, match.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
