//go:build !windows

package picture

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// copyPNG hands a picture to the program that this system keeps for it: Fyne's clipboard holds text only.
func copyPNG(ctx context.Context, data []byte) error {
	if runtime.GOOS == "darwin" {
		return copyOnMac(ctx, data)
	}
	programs := [][]string{{"xclip", "-selection", "clipboard", "-t", "image/png"}}
	if os.Getenv("WAYLAND_DISPLAY") != "" {
		programs = append([][]string{{"wl-copy", "--type", "image/png"}}, programs...)
	}
	for _, words := range programs {
		path, err := exec.LookPath(words[0])
		if err != nil {
			continue
		}
		cmd := exec.CommandContext(ctx, path, words[1:]...) // #nosec G204 -- of the four commands above
		cmd.Stdin = bytes.NewReader(data)
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("the picture could not be copied: save it as PNG instead (%w)", err)
		}
		return nil
	}
	return ErrNoClipboard
}

// copyOnMac goes through a file, as AppleScript reads pictures from files.
func copyOnMac(ctx context.Context, data []byte) error {
	f, err := os.CreateTemp("", "portal-*.png")
	if err != nil {
		return fmt.Errorf("the picture could not be copied: save it as PNG instead (%w)", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		script := fmt.Sprintf("set the clipboard to (read (POSIX file %q) as «class PNGf»)", f.Name())
		err = exec.CommandContext(ctx, "osascript", "-e", script).Run() // #nosec G204 -- the file is one that was made here, and quoted
	}
	if err != nil {
		return fmt.Errorf("the picture could not be copied: save it as PNG instead (%w)", err)
	}
	return nil
}
