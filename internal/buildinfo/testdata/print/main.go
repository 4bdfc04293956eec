// Print writes the build that it is, for the test of the linker's flags.
package main

import (
	"fmt"

	"fabricportal/internal/buildinfo"
)

func main() { fmt.Print(buildinfo.Read().Short(), " ", buildinfo.Read().Date) }
