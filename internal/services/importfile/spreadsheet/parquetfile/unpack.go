package parquetfile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

// The ways in which pages are packed, as the format numbers them.
const (
	codecNone      = 0
	codecSnappy    = 1
	codecGzip      = 2
	codecBrotli    = 4
	codecLZ4Hadoop = 5
	codecZstd      = 6
	codecLZ4       = 7
)

// maxZstdWindow is how far back a packed page may refer: what the highest but one level of compression does.
const maxZstdWindow = 64 << 20

// unpacked unpacks a page's bytes, which are size bytes then, or only the first of them where that saves work.
func (p *pages) unpacked(packed []byte, size, most int) (out []byte, err error) {
	if p.codec == codecNone {
		if len(packed) != size && (most == all || len(packed) > size) {
			return nil, errPage
		}
		return packed, nil
	}
	if p.codec == codecSnappy && most < size {
		if p.plain, err = room(p, p.plain, most, 1); err != nil {
			return nil, err
		}
		return p.plain[:most], snappyBeginning(p.plain[:most], packed, size)
	}
	if most < size && p.spare > 0 {
		return p.unpackedBeginning(packed, size, most)
	}
	if p.plain, err = room(p, p.plain, size, 1); err != nil {
		return nil, err
	}
	out = p.plain[:size]
	if size == 0 { // of a page without values some programs pack nothing, and some that it is empty
		return out, nil
	}
	switch p.codec {
	case codecSnappy:
		if n, err := snappy.DecodedLen(packed); err != nil || n != size {
			return nil, errPage
		}
		if out, err = snappy.Decode(out, packed); err != nil {
			return nil, errPage
		}
	case codecLZ4:
		return out, lz4Block(out, packed)
	case codecLZ4Hadoop:
		if hadoopBlocks(out, packed) == nil {
			return out, nil
		}
		return out, lz4Block(out, packed) // as older versions of Arrow wrote it
	default:
		r, closing, err := unpacking(p.codec, func() io.Reader { return bytes.NewReader(packed) }, int64(len(packed)), int64(size))
		if err != nil {
			return nil, err
		}
		defer closing()
		if _, err := io.ReadFull(r, out); err != nil {
			return nil, unpackError(err)
		}
		return out, atEnd(r)
	}
	return out, nil
}

// unpackedBeginning unpacks the first bytes of a page, of which perhaps only the beginning is there, as far as that is a stream.
func (p *pages) unpackedBeginning(packed []byte, size, most int) (out []byte, err error) {
	if p.codec == codecLZ4 || p.codec == codecLZ4Hadoop {
		return nil, errPage
	}
	if p.plain, err = room(p, p.plain, most, 1); err != nil {
		return nil, err
	}
	r, closing, err := unpacking(p.codec, func() io.Reader { return bytes.NewReader(packed) }, int64(len(packed)), int64(size))
	if err != nil {
		return nil, err
	}
	defer closing()
	_, err = io.ReadFull(r, p.plain[:most])
	return p.plain[:most], err
}

// unpacking unpacks the bytes of a page, size of them where they are so many packed, one after the other in little memory. open begins to read them packed.
func unpacking(codec int, open func() io.Reader, packed, size int64) (r io.Reader, closing func(), err error) {
	closing = func() {}
	switch codec {
	case codecNone:
		return open(), closing, nil
	case codecSnappy:
		furthest, err := furthestBack(&snappyBlock{src: buffered(open(), packed), size: uint64(size)})
		if err != nil {
			return nil, nil, err
		}
		w, err := newWindowed(&snappyBlock{src: buffered(open(), packed), size: uint64(size)}, furthest, size)
		if err != nil {
			return nil, nil, err
		}
		return w, w.close, nil
	case codecLZ4:
		w, err := newWindowed(&lz4Blocks{src: buffered(open(), packed)}, 1<<16-1, size) // the furthest that its format has
		return w, closing, err
	case codecGzip:
		if r, err = gzip.NewReader(open()); err != nil {
			err = unpackError(err)
		}
	case codecBrotli:
		r = brotli.NewReader(open())
	case codecZstd:
		d, failed := zstd.NewReader(open(), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxPageBytes), zstd.WithDecoderMaxWindow(maxZstdWindow))
		if failed != nil {
			return nil, nil, unpackError(failed)
		}
		r, closing = d, d.Close
	case codecLZ4Hadoop:
		err = &UnsupportedError{"long pages in LZ4 of Hadoop"}
	default:
		err = &UnsupportedError{fmt.Sprintf("a compression that is not known here (%s)", codecName(codec))}
	}
	return r, closing, err
}

// unpackError is what is said of a packed page that can't be unpacked. An error of the disk stays what it is.
func unpackError(err error) error {
	var disk *diskError
	switch {
	case errors.As(err, &disk):
		return disk.err
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, errTooLarge):
		return errTooLarge
	}
	return errPage
}

// atEnd says whether r has ended, as it must.
func atEnd(r io.Reader) error {
	var one [1]byte
	if n, err := io.ReadFull(r, one[:]); n != 0 || !errors.Is(err, io.EOF) {
		return errPage
	}
	return nil
}

// hadoopBlocks unpacks LZ4 as Hadoop frames it: blocks with their lengths, plain and packed, in front.
func hadoopBlocks(dst, src []byte) error {
	for len(src) > 0 || len(dst) > 0 {
		if len(src) < 8 {
			return errPage
		}
		plain, packed := uint64(binary.BigEndian.Uint32(src)), uint64(binary.BigEndian.Uint32(src[4:]))
		if src = src[8:]; plain > uint64(len(dst)) || packed > uint64(len(src)) {
			return errPage
		}
		if err := lz4Block(dst[:plain], src[:packed]); err != nil {
			return err
		}
		dst, src = dst[plain:], src[packed:]
	}
	return nil
}

func codecName(codec int) string {
	if codec == 3 {
		return "LZO"
	}
	return fmt.Sprint("number ", codec)
}
