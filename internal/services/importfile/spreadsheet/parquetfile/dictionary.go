package parquetfile

func (p *pages) readDictionary(h pageHeader, body []byte) error {
	if h.encoding != encodingPlain && h.encoding != encodingPlainDictionary {
		return errPage
	}
	if p.partly {
		// Of it too only what is needed is read, once that is known: its bytes are kept instead of being copied.
		p.listed, p.list = body, h
		p.packed = nil
		return nil
	}
	data, err := p.unpacked(body, int(h.plain), all)
	if err != nil {
		return err
	}
	return p.values(&p.dictionary, encodingPlain, data, int(h.values))
}

// lookUp makes sure that the dictionary is read up to the largest of some numbers.
func (p *pages) lookUp(numbers []uint32) error {
	if !p.partly {
		return nil
	}
	need := 0
	for _, n := range numbers {
		need = max(need, int(n)+1)
	}
	switch {
	case need <= len(p.dictionary.bits):
		return nil
	case need > int(p.list.values):
		return errPage
	}
	if p.readListed(need, p.part) == nil {
		return nil
	}
	if err := p.restOfList(); err != nil {
		return err
	}
	return p.readListed(need, all)
}

// readListed reads the first entries of the dictionary.
func (p *pages) readListed(n, most int) error {
	data, err := p.unpacked(p.listed, int(p.list.plain), most)
	if err == nil {
		err = p.values(&p.dictionary, encodingPlain, data, n)
	}
	if err != nil {
		p.dictionary.bits = p.dictionary.bits[:0] // what is there is not to be taken for entries
	}
	return err
}

func (p *pages) fromDictionary(c *page, data []byte) (err error) {
	if len(data) == 0 {
		return p.none(len(c.bits))
	}
	if p.numbers, err = room(p, p.numbers, len(c.bits), 4); err != nil {
		return err
	}
	if err := hybrid(p.numbers, data[1:], uint(data[0])); err != nil {
		return err
	}
	return p.look(c, p.numbers)
}

// look makes the page's values of their numbers in the dictionary.
func (p *pages) look(c *page, numbers []uint32) error {
	if err := p.lookUp(numbers); err != nil {
		return err
	}
	words := p.dictionary.bits
	for i, index := range numbers {
		if int(index) >= len(words) {
			return errPage
		}
		c.bits[i] = words[index]
	}
	// The texts stay where they are.
	c.text, c.longest, c.listed = p.dictionary.text, p.dictionary.longest, true
	return nil
}
