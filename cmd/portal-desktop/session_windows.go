//go:build !nowindow

package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// desktopSession is the desktop of Windows that this program is on: a person may have several, at the computer and from afar.
func desktopSession() string {
	var id uint32
	if err := windows.ProcessIdToSessionId(uint32(os.Getpid()), &id); err != nil {
		return ""
	}
	return fmt.Sprint(id)
}
