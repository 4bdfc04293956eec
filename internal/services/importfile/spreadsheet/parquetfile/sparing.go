package parquetfile

// Bytes of a packed page that are read at first where only its first rows are asked for and reading is dear: of a file with many columns
// less, so that the first rows of all of them take about as much as those of a few.
const (
	mostSpared  = 24 << 10
	leastSpared = 2 << 10
	sparedInAll = 1 << 20
)

// Spare says that what is read of the file is dear, as it comes from elsewhere: for the first rows no more is read of their pages than they
// need. The checksum of such a page is not compared then, for it is one of all its bytes.
func (f *File) Spare() { f.sparing = true }

func (f *File) spared() int64 {
	if !f.sparing {
		return 0
	}
	return int64(min(max(sparedInAll/max(2*len(f.columns), 1), leastSpared), mostSpared))
}

// dataPage reads the page of values whose header was read last.
func (p *pages) dataPage(h pageHeader) error {
	if p.spare > 0 && h.packed > p.spare && p.someOf(h) < int(h.values) {
		at := p.at
		begun, err := p.beginningOf(h)
		if err != nil {
			return err
		}
		if p.unpackData(h, begun, p.part) == nil {
			p.at = at + h.packed
			return nil
		}
		p.at = at // what was read is not enough
	}
	body, err := p.body(h)
	if err != nil {
		return err
	}
	return p.readData(h, body)
}

// dictionaryPage reads the dictionary whose header was read last; of one that is asked for partly perhaps only its beginning.
func (p *pages) dictionaryPage(h pageHeader) error {
	p.listAt = 0
	if p.spare == 0 || !p.partly || h.packed <= p.spare {
		body, err := p.body(h)
		if err != nil {
			return err
		}
		return p.readDictionary(h, body)
	}
	at := p.at
	begun, err := p.beginningOf(h)
	if err != nil {
		return err
	}
	p.listAt, p.at = at, at+h.packed
	return p.readDictionary(h, begun)
}

// restOfList reads all of a dictionary of which the beginning was not enough.
func (p *pages) restOfList() error {
	if p.listAt == 0 {
		return nil
	}
	at := p.at
	p.at = p.listAt
	body, err := p.body(p.list)
	p.at = at
	if err != nil {
		return err
	}
	p.listed, p.listAt, p.packed = body, 0, nil
	return nil
}

// beginningOf reads the first bytes of a page.
func (p *pages) beginningOf(h pageHeader) (begun []byte, err error) {
	h.packed, h.checked = min(h.packed, p.spare), false
	return p.body(h)
}
