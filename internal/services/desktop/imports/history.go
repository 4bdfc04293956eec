package imports

// History is what this computer knows of a file that is looked at.
type History struct {
	Imported []Record // what was done with this very content before, the newest first
	// Against is what the file was compared with where the lakehouse could not be asked: what this computer last saw
	// published. Else nil.
	Against *Record
}
