// Manual makes of the program's own subcommands the manual page and the completion of shells, so that they can't say
// anything else than the program does.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/buildinfo"
	"fabricportal/internal/cli"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "manual:", err)
		os.Exit(1)
	}
}

// The names under which the shells look for the files.
const (
	manPage        = "portal-desktop.1"
	bashCompletion = "portal-desktop.bash"
	zshCompletion  = "_portal-desktop"
	fishCompletion = "portal-desktop.fish"
)

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: SOURCE_DATE_EPOCH=SECONDS manual FOLDER")
	}
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH is the page's date: %w", err)
	}
	made, err := all(time.Unix(seconds, 0).UTC())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(args[0], 0o755); err != nil { // #nosec G301 -- it is packed for everybody
		return err
	}
	for name, data := range made {
		if err := atomicfile.WriteFile(filepath.Join(args[0], name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// all are the files by their names.
func all(day time.Time) (map[string][]byte, error) {
	root := cli.Tree()
	var page, bash, zsh, fish bytes.Buffer
	err := errors.Join(
		writePage(&page, root, buildinfo.Version, day),
		root.GenBashCompletionV2(&bash, true),
		root.GenZshCompletion(&zsh),
		root.GenFishCompletion(&fish, true),
	)
	return map[string][]byte{manPage: page.Bytes(), bashCompletion: bash.Bytes(), zshCompletion: zsh.Bytes(), fishCompletion: fish.Bytes()}, err
}
