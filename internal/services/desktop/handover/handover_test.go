package handover

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

const asFirst = "HANDOVER_TEST_FIRST"

// The test program is also the first start, which is killed.
func TestMain(m *testing.M) {
	if folder := os.Getenv(asFirst); folder != "" {
		c, _, err := Take(context.Background(), folder, "sales", nil)
		if err != nil {
			fmt.Println(err)
			os.Exit(3)
		}
		if os.Getenv(asFirst+"_HANGS") == "" {
			c.Serve(context.Background(), func(context.Context, Request) error { return nil })
		}
		fmt.Println("ready")
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// received is a first start in this process; each request arrives at it.
func received(t *testing.T, folder string, answer func(context.Context) error) chan Request {
	t.Helper()
	c, handed, err := Take(t.Context(), folder, "sales", nil)
	require.NoError(t, err)
	require.False(t, handed)
	got := make(chan Request, 8)
	c.Serve(t.Context(), func(ctx context.Context, r Request) error {
		got <- r
		return answer(ctx)
	})
	t.Cleanup(c.Close)
	return got
}

func willing(context.Context) error { return nil }

// full is a path of this system.
func full(name string) string {
	if runtime.GOOS == "windows" {
		return `C:\Users\ana\` + name
	}
	return "/home/ana/" + name
}

func request(t *testing.T, files ...string) string {
	t.Helper()
	line, err := json.Marshal(Request{Files: files})
	require.NoError(t, err)
	return string(line) + "\n"
}

func TestALaterStartHandsItsFilesOver(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "windows")
	got := received(t, folder, willing)
	files := []string{full("sales ü.xlsx"), full("more.csv")}
	for _, some := range [][]string{files, nil} {
		c, handed, err := Take(t.Context(), folder, "sales", some)
		require.NoError(t, err)
		require.True(t, handed)
		require.Nil(t, c)
		require.Equal(t, some, (<-got).Files)
	}
	if info, err := os.Stat(folder); os.PathSeparator == '/' {
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
		sockets, err := filepath.Glob(filepath.Join(folder, "*.sock"))
		require.NoError(t, err)
		require.Len(t, sockets, 1)
		info, err = os.Stat(sockets[0])
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}

	other, handed, err := Take(t.Context(), folder, "test", files)
	require.NoError(t, err)
	require.False(t, handed, "another connection has a window of its own")
	other.Close()
	again, handed, err := Take(t.Context(), folder, "test", files)
	require.NoError(t, err)
	require.False(t, handed, "it was given back")
	again.Close()
}

func first(t *testing.T, folder, hangs string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), asFirst+"="+folder, asFirst+"_HANGS="+hangs)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait() // it was killed
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "ready\n", line)
	return cmd
}

func TestAKilledFirstStartIsNotWaitedFor(t *testing.T) {
	folder := t.TempDir()
	cmd := first(t, folder, "")
	_, handed, err := Take(t.Context(), folder, "sales", nil)
	require.NoError(t, err)
	require.True(t, handed, "it lives")
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	began := time.Now()
	c, handed, err := Take(t.Context(), folder, "sales", nil)
	require.NoError(t, err)
	require.False(t, handed)
	require.NotNil(t, c, "what it left does not stand in the way")
	require.Less(t, time.Since(began), waits)
	c.Close()
}

func TestAFirstStartThatHangsIsSaidToHang(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond) // a user waits for ten times as long
	defer cancel()
	folder := t.TempDir()
	first(t, folder, "yes")
	c, handed, err := Take(ctx, folder, "sales", []string{full("a.xlsx")})
	require.Nil(t, c)
	require.False(t, handed)
	var unanswered *UnansweredError
	require.ErrorAs(t, err, &unanswered)
	require.EqualError(t, err, "The window that is open for this connection does not answer; this is another one.")
}

func TestAWindowThatCantTakeTheFilesLetsTheOtherGoOn(t *testing.T) {
	folder := t.TempDir()
	got := received(t, folder, func(context.Context) error { return errors.New("it is closing") })
	_, handed, err := Take(t.Context(), folder, "sales", nil)
	require.False(t, handed)
	var unanswered *UnansweredError
	require.ErrorAs(t, err, &unanswered)
	require.Len(t, got, 1, "it is asked once")
}

// send writes a raw message to the first start, and tells what is answered: "" where nothing is.
func send(t *testing.T, folder, message string) string {
	t.Helper()
	sockets, err := filepath.Glob(filepath.Join(folder, "*.sock"))
	require.NoError(t, err)
	require.Len(t, sockets, 1)
	conn, err := dial(t.Context(), sockets[0])
	require.NoError(t, err)
	defer conn.Close()
	_, _ = conn.Write([]byte(message)) // it may have hung up
	line, _ := bufio.NewReader(conn).ReadString('\n')
	return line
}

func TestHostileMessagesAreNotObeyed(t *testing.T) {
	folder := t.TempDir()
	got := received(t, folder, willing)
	many := Request{}
	for range mostFiles + 1 {
		many.Files = append(many.Files, "/a")
	}
	tooMany, err := json.Marshal(many)
	require.NoError(t, err)
	for name, message := range map[string]string{
		"nothing": "\n", "no JSON": "hello\n", "another field": `{"files":[],"run":"rm"}` + "\n", "two": `{"files":[]}{"files":[]}` + "\n", "a relative path": `{"files":["a.xlsx"]}` + "\n",
		"a way up": `{"files":["/home/../etc/passwd"]}` + "\n", "a line in a name": `{"files":["/a\nb"]}` + "\n", "a null": `{"files":["/a\u0000b"]}` + "\n", "too many": string(tooMany) + "\n",
		"a long name": `{"files":["/` + strings.Repeat("a", longestFile) + `"]}` + "\n", "too long": `{"files":["/` + strings.Repeat("a", longestRequest) + `"]}` + "\n", "no end": strings.Repeat("x", longestRequest+5000),
		"no text": "{\"files\":[\"/\xff\xfe\"]}\n", "of another kind": `{"files":{"0":"/a"}}` + "\n", "deep": strings.Repeat("[", 60_000) + "\n",
	} {
		require.NotContains(t, send(t, folder, message), "true", name)
	}
	require.Empty(t, got)
	require.Contains(t, send(t, folder, request(t, full("a.xlsx"))), "true", "and it goes on")
	require.Len(t, got, 1)
}

func TestWhoSaysNothingBlocksNobody(t *testing.T) {
	folder := t.TempDir()
	received(t, folder, willing)
	sockets, err := filepath.Glob(filepath.Join(folder, "*.sock"))
	require.NoError(t, err)
	for range atOnce - 1 {
		conn, err := dial(t.Context(), sockets[0])
		require.NoError(t, err)
		defer conn.Close()
	}
	_, handed, err := Take(t.Context(), folder, "sales", nil)
	require.NoError(t, err)
	require.True(t, handed)
}

func TestALongFolderHasAShortOne(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths of pipes are not limited there")
	}
	t.Setenv("TMPDIR", t.TempDir())
	if os.PathSeparator != '/' {
		t.Skip("TMPDIR is a Unix variable")
	}
	at, err := placeOf(filepath.Join("/", strings.Repeat("x", longestPath)), "sales")
	require.NoError(t, err)
	require.Equal(t, filepath.Join(os.TempDir(), fmt.Sprintf("fabric-data-portal-%d", os.Getuid())), filepath.Dir(at))
	require.NoError(t, os.Remove(filepath.Dir(at)))
	require.NoError(t, os.Symlink("/tmp", filepath.Dir(at)))
	_, err = placeOf("", "sales")
	require.Error(t, err, "somebody else's folder is not used")
}
