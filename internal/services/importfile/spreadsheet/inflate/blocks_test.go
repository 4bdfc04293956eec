package inflate

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// layout writes data as blocks of random kinds and sizes: dynamic and fixed codes, stored blocks, and the empty stored
// ones that end what was flushed, which begin at any bit of a byte. data must be ASCII for the fixed codes.
func layout(t testing.TB, r *rand.Rand, data []byte) []byte {
	w := &bitWriter{}
	for len(data) > 0 {
		n := min(len(data), 1+r.IntN(1<<r.IntN(15)))
		switch r.IntN(5) {
		case 0:
			w.stored(data[:n], false)
		case 1:
			w.literals(data[:n], false)
		case 2: // any number of empty blocks
			for range 1 + r.IntN(400) {
				if r.IntN(3) == 0 {
					w.literals(nil, false)
				} else {
					w.stored(nil, false)
				}
			}
			continue
		default: // as a compressor flushes: whole bytes, and an empty stored block behind them
			if w.used%8 != 0 {
				w.stored(nil, false)
			}
			var b bytes.Buffer
			f, err := flate.NewWriter(&b, levels[r.IntN(len(levels))])
			require.NoError(t, err)
			_, err = f.Write(data[:n])
			require.NoError(t, err)
			require.NoError(t, f.Flush())
			w.out = append(w.out, b.Bytes()...)
		}
		data = data[n:]
	}
	if r.IntN(2) == 0 {
		w.stored(nil, true)
	} else {
		w.literals(nil, true)
	}
	return w.out
}

func (w *bitWriter) last(final bool) *bitWriter {
	if final {
		return w.put(1, 1)
	}
	return w.put(0, 1)
}

// stored writes a stored block.
func (w *bitWriter) stored(data []byte, final bool) {
	w.last(final).put(0, 2)
	w.used = len(w.out) * 8
	n := uint(len(data))
	w.put(n, 16).put(^n&0xffff, 16)
	w.out = append(w.out, data...)
	w.used = len(w.out) * 8
}

// literals writes a block of literals below 144 with the fixed codes.
func (w *bitWriter) literals(data []byte, final bool) {
	w.last(final).put(1, 2)
	for _, c := range data {
		w.code(0x30+uint(c), 8)
	}
	w.code(0, 7)
}

// pieces reads at most so many bytes at a time, or some number up to that.
type pieces struct {
	src  io.Reader
	most int
	r    *rand.Rand
}

func (p pieces) Read(b []byte) (int, error) {
	n := p.most
	if p.r != nil {
		n = 1 + p.r.IntN(p.most)
	}
	return p.src.Read(b[:min(len(b), n)])
}

// TestBlocksOfAllKindsInAnyOrder compares random layouts of blocks with compress/flate, whatever the size of the pieces in
// which the input comes, of the input's buffer, and of the buffer that is unpacked into.
func TestBlocksOfAllKindsInAnyOrder(t *testing.T) {
	text := sheetXML(3000)
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 8))
		from := r.IntN(len(text) / 2)
		data := text[from : from+r.IntN(1+min(len(text)-from, 1<<(3+r.IntN(16))))]
		packed := layout(t, r, data)
		want, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
		require.NoError(t, err, seed)
		require.True(t, bytes.Equal(data, want), seed)
		for _, src := range []io.Reader{
			bytes.NewReader(packed), pieces{bytes.NewReader(packed), 1 + r.IntN(9), nil}, pieces{bytes.NewReader(packed), 1 + r.IntN(3000), r},
		} {
			size := []int64{0, 1, int64(len(packed))}[r.IntN(3)]
			got, used, err := unpackWith(src, size, MinRoom+r.IntN(1<<(1+r.IntN(16))))
			require.NoError(t, err, "seed %d, source %T", seed, src)
			require.True(t, bytes.Equal(data, got), "seed %d, source %T", seed, src)
			require.EqualValues(t, len(packed), used, "seed %d, source %T", seed, src)
		}
	}
}

// TestFlushBlocksAtEveryPlace moves an empty stored block past the place where what is left of the input is moved to the
// front of its buffer, bit by bit.
func TestFlushBlocksAtEveryPlace(t *testing.T) {
	for before := range 40 {
		for flushes := range 4 {
			w := &bitWriter{}
			// The buffer for a short stream has 2 KiB; from 1 KiB on, a header asks for more.
			w.literals(bytes.Repeat([]byte("a"), 1000+before), false)
			for range flushes {
				w.stored(nil, false)
				w.literals([]byte("b"), false)
			}
			w.stored([]byte("end"), true)
			want, err := io.ReadAll(flate.NewReader(bytes.NewReader(w.out)))
			require.NoError(t, err)
			for _, most := range []int{1, 7, 1 << 20} {
				name := fmt.Sprintf("%d before, %d flushes, %d at a time", before, flushes, most)
				got, used, err := unpackWith(pieces{bytes.NewReader(w.out), most, nil}, 1, MinRoom)
				require.NoError(t, err, name)
				require.Equal(t, string(want), string(got), name)
				require.EqualValues(t, len(w.out), used, name)
			}
		}
	}
}

// unpackWith unpacks into a buffer with so much room behind the history.
func unpackWith(src io.Reader, size int64, room int) (got []byte, used int64, err error) {
	d := NewDecoder(src, size)
	buf := make([]byte, Window+room)
	for {
		n, err := d.Decode(buf)
		got = append(got, buf[Window:Window+n]...)
		if errors.Is(err, io.EOF) {
			return got, d.Consumed(), nil
		}
		if err != nil || n == 0 {
			return got, d.Consumed(), fmt.Errorf("%d bytes: %w", n, err)
		}
		keep(buf, Window+n)
	}
}
