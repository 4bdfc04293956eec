package shapes

import "fabricportal/contract"

// Recalled says how a file was read, and whether that was decided before.
type Recalled struct {
	Shape  []string             // the normalised headers that the file shows when it is read as it was asked to be
	Given  contract.ReadOptions // what the file was read with, as far as people have decided it
	Record *Record              // the decision of before that is part of Given; nil for none
}
