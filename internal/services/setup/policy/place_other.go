//go:build !linux && !darwin && !windows

package policy

func system() Place { return Place{Folder: "/etc/fabric-data-portal", Guarded: true} }
