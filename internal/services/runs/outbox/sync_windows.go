package outbox

// syncDir does nothing: Windows has no handle to sync a folder with, and NTFS journals the rename.
func syncDir(string) error { return nil }
