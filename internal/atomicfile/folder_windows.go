package atomicfile

// syncFolder does nothing: Windows has no handle to sync a folder with, and NTFS journals the rename.
func syncFolder(string) error { return nil }
