//go:build !windows && !nowindow

package main

import "context"

// softwareOpenGL is about Windows alone: elsewhere the system itself falls back to software.
func softwareOpenGL(context.Context) (ended bool, err error) { return false, nil }

func drawnBySoftware() bool { return false }
