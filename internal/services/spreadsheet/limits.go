package spreadsheet

// Limits bound what a hostile or broken file can cost. The zero value of a field stands for its default.
type Limits struct {
	Parts         int   // parts of the package; 10,000
	InflatedBytes int64 // bytes of all parts that are read, unpacked; 4 GiB
	SharedBytes   int64 // bytes that the table of shared strings costs, 24 for each beside its text; 1 GiB, for Excel's largest sheets
	CellBytes     int   // bytes of one cell's text, or of one CSV row; 16 MiB
	// A part that unpacks to more than RatioFrom bytes may be at most Ratio times its packed size; 50 MiB and 300.
	// Sheets as Excel writes them shrink 6 to 9 times.
	RatioFrom int64
	Ratio     int64
}

func (l Limits) withDefaults() Limits {
	setDefault(&l.Parts, 10_000)
	setDefault(&l.InflatedBytes, 4<<30)
	setDefault(&l.SharedBytes, 1<<30)
	setDefault(&l.CellBytes, 16<<20)
	setDefault(&l.RatioFrom, 50<<20)
	setDefault(&l.Ratio, 300)
	return l
}

func setDefault[T int | int64](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}
