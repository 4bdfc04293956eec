package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// largest is the most that one append may carry.
const largest = 100 << 20

// oneStream transfers a file over one connection: one piece after the other, each repeated where it failed, or, down and with the largest
// pieces, all of it as the answer to one question.
func oneStream(ctx context.Context, direction string, piece int64, path, local string) error {
	network, err := transport.New(os.Getenv("CA"))
	if err != nil {
		return err
	}
	cfg := config.Default().Fabric
	cfg.TenantID, cfg.ClientID, cfg.WorkspaceID, cfg.LakehouseID = os.Getenv("TENANT"), os.Getenv("CLIENT"), os.Getenv("WORKSPACE"), os.Getenv("LAKEHOUSE")
	cfg.AuthorityURL, cfg.OneLakeURL = os.Getenv("AUTHORITY"), "https://"+dfsHost
	credential, err := auth.New(cfg, secrets.New(os.Getenv("SECRET")), network, "")
	if err != nil {
		return err
	}
	if direction == down {
		lake := artifacts.NewOneLake(cfg, credential, network, "bench")
		if piece == largest {
			return fetchAtOnce(ctx, lake, path, local)
		}
		return fetchInTurn(ctx, lake, piece, path, local)
	}
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{cfg.StorageScope}})
	if err != nil {
		return err
	}
	s := &sender{
		http: network.Client(transport.ClientOptions{Hosts: []string{cfg.OneLakeURL}}), token: token.Token, version: cfg.StorageVersion,
		address: cfg.OneLakeURL + "/" + cfg.WorkspaceID + "/" + cfg.LakehouseID + "/" + (&url.URL{Path: path}).EscapedPath(),
	}
	return s.send(ctx, piece, local)
}

func fetchAtOnce(ctx context.Context, lake *artifacts.OneLake, path, local string) error {
	body, _, err := lake.Open(ctx, path)
	if err != nil {
		return err
	}
	defer body.Close()
	f, err := os.Create(local)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(f, body); err != nil {
		return err
	}
	return f.Sync()
}

func fetchInTurn(ctx context.Context, lake *artifacts.OneLake, piece int64, path, local string) error {
	file, err := lake.Stat(ctx, path)
	if err != nil {
		return err
	}
	f, err := os.Create(local)
	if err != nil {
		return err
	}
	defer f.Close()
	buffer := make([]byte, piece)
	for at := int64(0); at < file.Size; at += piece {
		p := buffer[:min(piece, file.Size-at)]
		if err := lake.ReadRange(ctx, file, at, p); err != nil {
			return err
		}
		if _, err := f.Write(p); err != nil {
			return err
		}
	}
	return f.Sync()
}

// sender appends the pieces of a file.
type sender struct {
	http                    *http.Client
	token, version, address string
}

func (s *sender) send(ctx context.Context, piece int64, local string) error {
	f, err := os.Open(local)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := s.do(ctx, http.MethodPut, "?resource=file", nil, 0); err != nil {
		return err
	}
	for at := int64(0); at < info.Size(); at += piece {
		n := min(piece, info.Size()-at)
		if err := s.do(ctx, http.MethodPatch, "?action=append&position="+strconv.FormatInt(at, 10), func() io.Reader { return io.NewSectionReader(f, at, n) }, n); err != nil {
			return err
		}
	}
	return s.do(ctx, http.MethodPatch, "?action=flush&position="+strconv.FormatInt(info.Size(), 10), nil, 0)
}

func (s *sender) do(ctx context.Context, method, query string, body func() io.Reader, size int64) error {
	for wait := 500 * time.Millisecond; ; wait *= 2 {
		var content io.Reader = http.NoBody
		if body != nil {
			content = body()
		}
		req, err := http.NewRequestWithContext(ctx, method, s.address+query, content)
		if err != nil {
			return err
		}
		req.ContentLength = size
		req.Header.Set("Authorization", "Bearer "+s.token)
		req.Header.Set("x-ms-version", s.version)
		resp, err := s.http.Do(req)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			return err
		}
		if resp.StatusCode < 300 {
			return nil
		}
		if resp.StatusCode != http.StatusServiceUnavailable || wait > 10*time.Second {
			return fmt.Errorf("%s %s: HTTP %d", method, query, resp.StatusCode)
		}
		time.Sleep(wait)
	}
}
