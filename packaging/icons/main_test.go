package main

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each picture in the .ico and the .icns is read back where its directory says that it lies.
func TestTheSystemsFormsHoldThePicture(t *testing.T) {
	file, err := os.Open("../../assets/icon.png")
	require.NoError(t, err)
	defer file.Close()
	picture, err := png.Decode(file)
	require.NoError(t, err)
	all, err := scaled(picture)
	require.NoError(t, err)

	data := ico(all)
	count := int(binary.LittleEndian.Uint16(data[4:]))
	require.Equal(t, 7, count)
	for i := range count {
		entry := data[6+16*i:]
		from, size := binary.LittleEndian.Uint32(entry[12:]), binary.LittleEndian.Uint32(entry[8:])
		shown, err := png.Decode(bytes.NewReader(data[from : from+size]))
		require.NoError(t, err)
		require.Equal(t, int(entry[0]), shown.Bounds().Dx()%256)
	}

	data = icns(all)
	require.Equal(t, "icns", string(data[:4]))
	require.Equal(t, len(data), int(binary.BigEndian.Uint32(data[4:])))
	seen := 0
	for rest := data[8:]; len(rest) > 0; seen++ {
		length := binary.BigEndian.Uint32(rest[4:])
		_, err := png.Decode(bytes.NewReader(rest[8:length]))
		require.NoError(t, err)
		rest = rest[length:]
	}
	require.Equal(t, 6, seen)
}
