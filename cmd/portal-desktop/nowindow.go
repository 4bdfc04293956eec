//go:build nowindow

package main

import "context"

// openWindow is missing in this build, which needs neither a C compiler nor a display.
var openWindow func(ctx context.Context, configPath string, files []string) error
