//go:build !nowindow && !windows

package main

// desktopSession is empty where a variable of the environment names the screen, or there is one only.
func desktopSession() string { return "" }
