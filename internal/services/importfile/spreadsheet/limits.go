package spreadsheet

// Limits bound what a hostile or broken file can cost. The zero value of a field stands for its default.
type Limits struct {
	Parts         int   // parts of the package; 10,000
	InflatedBytes int64 // bytes of all parts that are read, unpacked; 4 GiB
	SharedBytes   int64 // bytes of the table of shared strings, 20 for each beside its text; 2 GiB, for Excel's largest sheets
	SharedMemory  int64 // as many of them are kept in memory, the others in a temporary file; 34 MiB
	CellBytes     int   // bytes of one cell's text, or of one CSV row; 16 MiB
	RowBytes      int64 // bytes of the texts in one row; 64 MiB
	CellTexts     int64 // bytes of all cells' texts, where one text is that of many cells; 16 GiB
	// A part that unpacks to more than RatioFrom bytes may be at most Ratio times its packed size; 50 MiB and 300.
	// Sheets as Excel writes them shrink 6 to 9 times.
	RatioFrom int64
	Ratio     int64
	Keys      int // keys of rows in memory, those of more rows are on disk; keys.Set has its default
}

func (l Limits) withDefaults() Limits {
	setDefault(&l.Parts, 10_000)
	setDefault(&l.InflatedBytes, 4<<30)
	setDefault(&l.SharedBytes, 2<<30)
	setDefault(&l.SharedMemory, 34<<20)
	setDefault(&l.CellBytes, 16<<20)
	setDefault(&l.RowBytes, 64<<20)
	setDefault(&l.CellTexts, 16<<30)
	setDefault(&l.RatioFrom, 50<<20)
	setDefault(&l.Ratio, 300)
	return l
}

func setDefault[T int | int64](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}
