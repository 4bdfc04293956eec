package spreadsheet

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf16"
)

// oleMagic begins an OLE file, the container of Office files before 2007 and of encrypted ones.
const oleMagic = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

// oleSentence tells the kinds of OLE files apart by the names of their streams.
func oleSentence(src io.ReaderAt, size int64) string {
	names := oleNames(src, size)
	has := func(wanted ...string) bool {
		for _, name := range wanted {
			if names[name] {
				return true
			}
		}
		return false
	}
	switch {
	case has("EncryptedPackage"):
		return "{{.File}} is protected with a password: open it in Excel, remove the password (File, Info, Protect Workbook) and save it."
	case has("Workbook", "Book"):
		return "{{.File}} is in the old Excel format (.xls):" + saveIt
	case has("WordDocument"):
		return "{{.File}} is a Word document:" + exportIt
	case has("PowerPoint Document"):
		return "{{.File}} is a presentation:" + exportIt
	case has("__properties_version1.0"):
		return "{{.File}} is an Outlook message: save the workbook that is attached to it and choose that."
	case len(names) == 0:
		return "{{.File}} is an Office file that is damaged or was not copied to its end: copy or download it again."
	}
	return "{{.File}} is an Office file without a workbook in it:" + exportIt
}

// What is read of an OLE file's directory at most: a workbook's has some ten entries.
const (
	maxOLESectors = 1024
	maxOLEHead    = 16 << 20
)

// oleNames are the names in an OLE file's directory. Where the directory can't be followed, the names that are asked for
// are looked for in the file's beginning.
func oleNames(src io.ReaderAt, size int64) map[string]bool {
	names := map[string]bool{}
	header := make([]byte, 512)
	if _, err := src.ReadAt(header, 0); err == nil {
		walkOLEDirectory(src, header, func(entry []byte) {
			length := min(int(binary.LittleEndian.Uint16(entry[64:])), 64)
			if length < 4 || entry[66] == 0 {
				return
			}
			units := make([]uint16, length/2-1)
			for i := range units {
				units[i] = binary.LittleEndian.Uint16(entry[2*i:])
			}
			names[string(utf16.Decode(units))] = true
		})
	}
	if len(names) > 0 {
		return names
	}
	head := make([]byte, min(size, maxOLEHead))
	n, _ := src.ReadAt(head, 0)
	for _, name := range []string{"EncryptedPackage", "Workbook", "WordDocument"} {
		if bytes.Contains(head[:n], utf16Name(name)) {
			names[name] = true
		}
	}
	return names
}

// walkOLEDirectory gives each entry of 128 bytes of the directory, whose sectors are a chain in the file's table of
// sectors ([MS-CFB] 2.2, 2.3, 2.6).
func walkOLEDirectory(src io.ReaderAt, header []byte, each func(entry []byte)) {
	shift := binary.LittleEndian.Uint16(header[30:])
	if shift != 9 && shift != 12 {
		return
	}
	sectorBytes := int64(1) << shift
	at := func(sector uint32) int64 { return (int64(sector) + 1) << shift }
	sector := binary.LittleEndian.Uint32(header[48:])
	buf, next := make([]byte, sectorBytes), make([]byte, 4)
	for range maxOLESectors {
		if _, err := src.ReadAt(buf, at(sector)); err != nil {
			return
		}
		for i := 0; i+128 <= len(buf); i += 128 {
			each(buf[i : i+128])
		}
		perSector := uint32(sectorBytes / 4)
		table := sector / perSector
		if table >= 109 {
			return // listed outside of the header: files of 7 MB and more, whose first directory sectors tell enough
		}
		tableAt := at(binary.LittleEndian.Uint32(header[76+4*table:])) + int64(sector%perSector)*4
		if _, err := src.ReadAt(next, tableAt); err != nil {
			return
		}
		if sector = binary.LittleEndian.Uint32(next); sector >= 0xFFFFFFFA {
			return
		}
	}
}

func utf16Name(name string) []byte {
	var b []byte
	for _, c := range []byte(name) {
		b = append(b, c, 0)
	}
	return b
}
