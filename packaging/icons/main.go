// Icons makes of the program's picture what the systems want it as: PNGs in all sizes (Linux), an .ico (Windows), an .icns
// (macOS). The same picture gives the same bytes.
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/image/draw"

	"fabricportal/internal/atomicfile"
)

// sizes are those that the systems show somewhere, in pixels.
var sizes = []int{16, 24, 32, 48, 64, 128, 256, 512}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "icons:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: icons PICTURE.png FOLDER")
	}
	file, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	all, err := scaled(picture)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(args[1], 0o755); err != nil { // #nosec G301 -- it is packed for everybody
		return err
	}
	made := map[string][]byte{"portal-desktop.ico": ico(all), "portal-desktop.icns": icns(all)}
	for size, data := range all {
		made[strconv.Itoa(size)+".png"] = data
	}
	for name, data := range made {
		if err := atomicfile.WriteFile(filepath.Join(args[1], name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// scaled are PNGs of the picture by their size.
func scaled(picture image.Image) (map[int][]byte, error) {
	out := map[int][]byte{}
	for _, size := range sizes {
		small := image.NewNRGBA(image.Rect(0, 0, size, size))
		draw.CatmullRom.Scale(small, small.Bounds(), picture, picture.Bounds(), draw.Src, nil)
		var data bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&data, small); err != nil {
			return nil, err
		}
		out[size] = data.Bytes()
	}
	return out, nil
}

// ico is Windows' form: a directory, then the PNGs as they are, which all Windows since Vista reads.
func ico(all map[int][]byte) []byte {
	var wanted []int
	for _, size := range sizes {
		if size <= 256 {
			wanted = append(wanted, size)
		}
	}
	const header, entry = 6, 16
	var out, pictures bytes.Buffer
	put := func(v any) { _ = binary.Write(&out, binary.LittleEndian, v) } // a bytes.Buffer takes all
	put([]uint16{0, 1, uint16(len(wanted))})
	for _, size := range wanted {
		put([]uint8{uint8(size), uint8(size), 0, 0}) // 256 is written as 0, which the conversion makes of it
		put([]uint16{1, 32})
		put([]uint32{uint32(len(all[size])), uint32(header + entry*len(wanted) + pictures.Len())})
		pictures.Write(all[size])
	}
	out.Write(pictures.Bytes())
	return out.Bytes()
}

// icns is macOS' form: blocks of a kind, a length and a PNG.
func icns(all map[int][]byte) []byte {
	var blocks bytes.Buffer
	for _, block := range []struct {
		kind string
		size int
	}{{"icp4", 16}, {"icp5", 32}, {"icp6", 64}, {"ic07", 128}, {"ic08", 256}, {"ic09", 512}} {
		blocks.WriteString(block.kind)
		_ = binary.Write(&blocks, binary.BigEndian, uint32(8+len(all[block.size])))
		blocks.Write(all[block.size])
	}
	out := binary.BigEndian.AppendUint32([]byte("icns"), uint32(8+blocks.Len()))
	return append(out, blocks.Bytes()...)
}
