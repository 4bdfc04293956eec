package analysis

import (
	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/reading"
)

// howOf is how a table is read by what was found; nothing where the rules as they stand are tried.
func howOf(f *reading.Findings) cleaning.How {
	if f == nil {
		return cleaning.How{}
	}
	how := cleaning.HowOf(f.Reading.Options)
	how.Lines = how.Lines || f.OrderLines
	if f.Looked || formsGiven(f.Reading.Options) {
		how.Forms = &cleaning.Forms{Numbers: f.Numbers, Dates: f.Dates, Nothing: f.Nulls}
	}
	if f.Looked {
		how.Fates, how.Unpriced = f.Fates, &f.Unpriced
	}
	return how
}

// formsGiven says that a person has said how numbers or dates are written.
func formsGiven(o contract.ReadOptions) bool {
	return o.DecimalMark != "" || o.GroupingMark != nil || o.DateOrder != "" || o.TwoDigitYears != 0 || o.TimeZone != "" || o.NullWords != nil
}

// foundOf is what the profile says of how a file was read.
func foundOf(f *reading.Findings) *profile.Found {
	if f == nil {
		return profile.Plain()
	}
	return &profile.Found{Reading: f.Reading}
}
