//go:build !nowindow && !windows

package main

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
)

// motionReduced tells whether the person has switched off animations: in macOS (System Settings, Accessibility, Display), or in a desktop
// that keeps it where GNOME does. Where nothing answers, nobody has.
func motionReduced(ctx context.Context) bool {
	if runtime.GOOS == "darwin" {
		return said(ctx, "defaults", "read", "com.apple.universalaccess", "reduceMotion") == "1"
	}
	return said(ctx, "gsettings", "get", "org.gnome.desktop.interface", "enable-animations") == "false"
}

func said(ctx context.Context, program string, args ...string) string {
	out, err := exec.CommandContext(ctx, program, args...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
