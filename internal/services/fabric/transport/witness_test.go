package transport

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTheWitnessSeesWhoIsAtTheOtherEnd: even where everything before it was fooled, by a name that leads elsewhere, nothing is sent.
func TestTheWitnessSeesWhoIsAtTheOtherEnd(t *testing.T) {
	var heard atomic.Int32
	evil := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) }))
	defer evil.Close()
	good := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer good.Close()
	n := trusting(t, evil) // both have the same certificate
	client := n.Client(ClientOptions{Hosts: []string{good.URL}})
	resp, err := get(t, client, good.URL, nil)
	require.NoError(t, err)
	resp.Body.Close()
	client.CloseIdleConnections()
	client.Transport.(*guard).next.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, evil.Listener.Addr().String())
	}
	require.Panics(t, func() {
		if resp, err := get(t, client, good.URL, nil); err == nil {
			resp.Body.Close()
		}
	})
	require.Zero(t, heard.Load())

	once := n.Once(ClientOptions{Hosts: []string{good.URL}}, time.Now().Add(time.Minute))
	conn, err := once.dial(t.Context(), "tcp", good.Listener.Addr().String())
	require.NoError(t, err)
	conn.Close()
	once = n.Once(ClientOptions{Hosts: []string{good.URL}}, time.Now().Add(time.Minute))
	require.Panics(t, func() {
		if conn, err := once.dial(t.Context(), "tcp", evil.Listener.Addr().String()); err == nil {
			conn.Close()
		}
	})
}

// TestNobodyElseSpeaksHTTP: what is proved here holds for the program only as long as all its requests go through this package.
func TestNobodyElseSpeaksHTTP(t *testing.T) {
	forbidden := map[string]bool{
		"Transport": true, "DefaultTransport": true, "DefaultClient": true, "Get": true, "Head": true, "Post": true, "PostForm": true,
	}
	root := filepath.Join("..", "..", "..", "..")
	files := 0
	for _, folder := range []string{"internal/services", "internal/portal", "internal/cli", "internal/gui", "cmd/portal-desktop"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, filepath.FromSlash(folder)), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(filepath.ToSlash(path), "/fabric/transport/") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
			if err != nil {
				return err
			}
			files++
			ast.Inspect(parsed, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.SelectorExpr:
					if pkg, ok := n.X.(*ast.Ident); ok && pkg.Name == "http" && forbidden[n.Sel.Name] {
						t.Errorf("%s uses http.%s: requests go through internal/services/fabric/transport", path, n.Sel.Name)
					}
				case *ast.CompositeLit:
					if made, ok := n.Type.(*ast.SelectorExpr); ok {
						if pkg, ok := made.X.(*ast.Ident); ok && pkg.Name == "http" && made.Sel.Name == "Client" {
							t.Errorf("%s makes an http.Client: requests go through internal/services/fabric/transport", path)
						}
					}
				}
				return true
			})
			return nil
		}))
	}
	require.Greater(t, files, 100)
}
