package spreadsheet

import (
	"archive/zip"
	"errors"
	"hash/crc32"
	"io"

	"fabricportal/internal/services/importfile/spreadsheet/inflate"
)

// member unpacks one member of the zip file and checks its size and checksum at its end. archive/zip is used for the
// directory only, so that the unpacking can be a faster one.
type member struct {
	file   *zip.File
	packed io.Reader
	plain  io.Reader // what is in packed; nil until the first Read
	sum    uint32
	read   uint64

	decoder *inflate.Decoder // of unpack
}

func openMember(src io.ReaderAt, f *zip.File) (*member, error) {
	offset, err := f.DataOffset()
	if err != nil {
		return nil, err
	}
	section := io.NewSectionReader(src, offset, int64(f.CompressedSize64))
	if f.Method != zip.Store && f.Method != zip.Deflate {
		return nil, zip.ErrAlgorithm
	}
	return &member{file: f, packed: section}, nil
}

// Read unpacks some bytes. A member is either read or unpacked.
func (m *member) Read(b []byte) (int, error) {
	if m.plain == nil {
		m.plain = m.packed
		if m.file.Method == zip.Deflate {
			m.plain = inflate.NewReader(m.packed, int64(m.file.CompressedSize64))
		}
	}
	n, err := m.plain.Read(b)
	return m.check(b[:n], err)
}

// unpack unpacks into buf[inflate.Window:] without a copy between; what was unpacked before must stand in front. What it
// gives is not checked.
func (m *member) unpack(buf []byte) (int, error) {
	if m.file.Method != zip.Deflate {
		return m.packed.Read(buf[inflate.Window:])
	}
	if m.decoder == nil {
		m.decoder = inflate.NewDecoder(m.packed, int64(m.file.CompressedSize64))
	}
	return m.decoder.Decode(buf)
}

// check takes note of what was unpacked, and at its end says whether it is what the directory promised.
func (m *member) check(b []byte, err error) (int, error) {
	n := len(b)
	m.sum = crc32.Update(m.sum, crc32.IEEETable, b)
	m.read += uint64(n)
	if m.read > m.file.UncompressedSize64 {
		return n, zip.ErrFormat
	}
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	switch {
	case m.read != m.file.UncompressedSize64:
		return n, io.ErrUnexpectedEOF
	case m.sum != m.file.CRC32:
		return n, zip.ErrChecksum
	}
	return n, io.EOF
}
