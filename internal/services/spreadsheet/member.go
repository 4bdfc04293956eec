package spreadsheet

import (
	"archive/zip"
	"hash/crc32"
	"io"

	"fabricportal/internal/services/inflate"
)

// member unpacks one member of the zip file and checks its size and checksum at its end. archive/zip is used for the
// directory only, so that the unpacking can be a faster one.
type member struct {
	file   *zip.File
	packed io.ReadCloser
	sum    uint32
	read   uint64
}

func openMember(src io.ReaderAt, f *zip.File) (*member, error) {
	offset, err := f.DataOffset()
	if err != nil {
		return nil, err
	}
	section := io.NewSectionReader(src, offset, int64(f.CompressedSize64))
	m := &member{file: f}
	switch f.Method {
	case zip.Store:
		m.packed = io.NopCloser(section)
	case zip.Deflate:
		m.packed = newInflater(section, int64(f.CompressedSize64))
	default:
		return nil, zip.ErrAlgorithm
	}
	return m, nil
}

func (m *member) Read(b []byte) (int, error) {
	n, err := m.packed.Read(b)
	m.sum = crc32.Update(m.sum, crc32.IEEETable, b[:n])
	m.read += uint64(n)
	if m.read > m.file.UncompressedSize64 {
		return n, zip.ErrFormat
	}
	if err != io.EOF {
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

func (m *member) Close() error { return m.packed.Close() }

func newInflater(src io.Reader, size int64) io.ReadCloser {
	return io.NopCloser(inflate.NewReader(src, size))
}
