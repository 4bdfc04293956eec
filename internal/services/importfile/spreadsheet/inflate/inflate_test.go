package inflate

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	kflate "github.com/klauspost/compress/flate"
	"github.com/stretchr/testify/require"
)

// sheetXML is sheet data as Excel writes it.
func sheetXML(rows int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for i := range rows {
		fmt.Fprintf(&b, `<row r="%d" spans="1:8" x14ac:dyDescent="0.25"><c r="A%d" t="s"><v>%d</v></c><c r="B%d" s="1"><v>%d</v></c><c r="C%d"><v>%.15g</v></c><c r="D%d"><v>%d</v></c></row>`,
			i+2, i+2, r.IntN(100000), i+2, 45000+r.IntN(365), i+2, r.Float64()*1000, i+2, r.IntN(10))
	}
	return b.Bytes()
}

// shapes are data that meet every part of the decoder.
func shapes() map[string][]byte {
	r := rand.New(rand.NewPCG(3, 4))
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	skewed := make([]byte, 200_000) // long codes, in subtables
	for i := range skewed {
		v := 0
		for v < 255 && r.IntN(100) < 70 {
			v++
		}
		skewed[i] = byte(v)
	}
	far := append(append(bytes.Clone(noise[:Window]), noise[:Window]...), noise[100:Window+100]...)
	s := map[string][]byte{
		"nothing": {}, "one byte": {7}, "zeros": make([]byte, 1_000_000), "noise": noise, "skewed": skewed, "far matches": far,
		"sheet": sheetXML(5000), "short periods": bytes.Repeat([]byte("abc"), 100_000), "mixed": append(sheetXML(200), noise[:5000]...),
	}
	for n := 1; n < 9; n++ {
		s[fmt.Sprintf("period %d", n)] = bytes.Repeat(noise[:n], 70_000/n)
	}
	return s
}

func pack(t testing.TB, data []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, level)
	require.NoError(t, err)
	for rest := data; len(rest) > 0; {
		n := min(len(rest), 100_000)
		_, err := w.Write(rest[:n])
		require.NoError(t, err)
		rest = rest[n:]
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

var levels = []int{flate.NoCompression, 1, 2, 5, 6, 9, flate.HuffmanOnly}

func TestUnpacksWhatOthersPacked(t *testing.T) {
	for name, data := range shapes() {
		for _, level := range levels {
			packed := pack(t, data, level)
			for way, src := range map[string]io.Reader{"whole": bytes.NewReader(packed), "halves": iotest.HalfReader(bytes.NewReader(packed)), "eof with data": iotest.DataErrReader(bytes.NewReader(packed))} {
				r := NewReader(src, int64(len(packed)))
				got, err := io.ReadAll(r)
				require.NoError(t, err, "%s, level %d, %s", name, level, way)
				require.True(t, bytes.Equal(data, got), "%s, level %d, %s", name, level, way)
				require.EqualValues(t, len(packed), r.Consumed())
			}
		}
		var b bytes.Buffer
		w, err := kflate.NewWriter(&b, 7)
		require.NoError(t, err)
		_, err = w.Write(data)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		got, err := io.ReadAll(NewReader(&b, 0))
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, got), name)
	}
}

func TestBuffersOfAnySizeGiveTheSame(t *testing.T) {
	data := shapes()["mixed"]
	packed := pack(t, data, 6)
	d := NewDecoder(nil, 0)
	for _, size := range []int{MinRoom, MinRoom + 1, 1777, 64 << 10, 1 << 20} {
		d.Reset(bytes.NewReader(packed))
		var got []byte
		buf := make([]byte, Window+size)
		for {
			n, err := d.Decode(buf)
			got = append(got, buf[Window:Window+n]...)
			keep(buf, Window+n)
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			require.Positive(t, n)
		}
		require.True(t, bytes.Equal(data, got), size)
	}
	_, err := d.Decode(make([]byte, Window))
	require.Error(t, err)
}

// TestDamagedStreams flips and cuts: what compress/flate accepts is accepted with the same bytes, all else is refused.
func TestDamagedStreams(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	refused, changes := 0, 60
	if testing.Short() {
		changes = 15
	}
	for name, data := range shapes() {
		data = data[:min(len(data), 20_000)]
		for _, level := range levels {
			packed := pack(t, data, level)
			for range changes {
				bad := bytes.Clone(packed)
				if r.IntN(3) == 0 {
					bad = bad[:r.IntN(len(bad))]
				} else {
					bad[r.IntN(len(bad))] ^= 1 << r.IntN(8)
				}
				want, wantErr := io.ReadAll(flate.NewReader(bytes.NewReader(bad)))
				got, err := io.ReadAll(NewReader(bytes.NewReader(bad), 0))
				if err != nil {
					refused++
					var corrupt *CorruptError
					require.True(t, errors.As(err, &corrupt) || errors.Is(err, io.ErrUnexpectedEOF), "%v", err)
				}
				if wantErr != nil {
					require.Error(t, err, "%s, level %d: compress/flate says %v", name, level, wantErr)
					continue
				}
				require.NoError(t, err, "%s, level %d", name, level)
				require.True(t, bytes.Equal(want, got), "%s, level %d", name, level)
			}
		}
	}
	require.Greater(t, refused, 16*changes)
}

func TestFaultsAreNamed(t *testing.T) {
	var before bytes.Buffer
	w, err := flate.NewWriterDict(&before, 9, []byte("what was said before"))
	require.NoError(t, err)
	_, err = w.Write([]byte("what was said before"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	for want, packed := range map[string][]byte{
		"a block is of no kind there is":              {7},
		"the length of a stored block does not match": {1, 1, 0, 1, 0, 9},
		"a match refers to before the beginning":      before.Bytes(),
		"a block has more symbols than there are":     {0xfd, 0xff, 0xff, 0xff},
		"the code of a block's code lengths is none":  append([]byte{5, 0xe0}, bytes.Repeat([]byte{0xff}, 20)...),
	} {
		_, err := io.ReadAll(NewReader(bytes.NewReader(packed), 0))
		var corrupt *CorruptError
		require.ErrorAs(t, err, &corrupt, want)
		require.Contains(t, corrupt.Error(), want)
	}
	_, err = io.ReadAll(NewReader(strings.NewReader(""), 0))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	_, err = io.ReadAll(NewReader(iotest.ErrReader(io.ErrClosedPipe), 0))
	require.ErrorIs(t, err, io.ErrClosedPipe)
}

func FuzzReader(f *testing.F) {
	for _, data := range [][]byte{[]byte("hello, hello, hello"), sheetXML(3), bytes.Repeat([]byte{0}, 600)} {
		for _, level := range []int{0, 1, 9, flate.HuffmanOnly} {
			f.Add(pack(f, data, level))
		}
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		want, wantErr := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), 1<<20))
		got, err := io.ReadAll(io.LimitReader(NewReader(bytes.NewReader(packed), 0), 1<<20))
		if wantErr == nil && err == nil && !bytes.Equal(want, got) {
			t.Fatal("the bytes differ from those of compress/flate")
		}
		if err == nil && wantErr != nil {
			t.Fatalf("accepted what compress/flate refuses: %v", wantErr)
		}
		if wantErr == nil && err != nil && err.Error() != "" && !strings.Contains(err.Error(), "a block can't end") {
			t.Fatalf("refused what compress/flate accepts: %v", err)
		}
	})
}

func BenchmarkInflate(b *testing.B) {
	data := sheetXML(200_000)
	packed := pack(b, data, 1)
	for _, c := range []struct {
		name string
		open func() io.Reader
	}{
		{"own", func() io.Reader { return NewReader(bytes.NewReader(packed), 0) }},
		{"compress-flate", func() io.Reader { return flate.NewReader(bytes.NewReader(packed)) }},
		{"klauspost", func() io.Reader { return kflate.NewReader(bytes.NewReader(packed)) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := io.Copy(io.Discard, struct{ io.Reader }{c.open()}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
