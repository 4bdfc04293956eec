package standin_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/entra"
)

// TestOneLakeTakesWhatMicrosoftsClientsSend goes through what the clients in internal/e2e/foreign taught, without them.
func TestOneLakeTakesWhatMicrosoftsClientsSend(t *testing.T) {
	l := openLake(t)
	plain := func(method, path string, body []byte, header map[string]string) answer {
		return l.must(method, l.OneLakeURL+"/"+l.WorkspaceID+path, l.token, body, header)
	}
	in := "/" + l.LakehouseID + "/Files/import/"
	a := plain("PUT", in+"a.csv/?resource=file", nil, map[string]string{
		"x-ms-permissions": "rwx", "x-ms-umask": "0027", "x-ms-content-type": "text/csv", "x-ms-properties": "origin=" + base64.StdEncoding.EncodeToString([]byte("été")),
	})
	require.Equal(t, 201, a.status, "no x-ms-version, a slash at the end")
	require.Equal(t, "x-ms-permissions,x-ms-umask", a.header.Get("x-ms-rejected-headers"))
	require.Equal(t, "2021-06-08", a.header.Get("x-ms-version"))
	require.Equal(t, "400 InvalidPropertyName", l.code(plain("PUT", in+"b.csv?resource=file", nil, map[string]string{"x-ms-properties": "origin=%"})))

	require.Equal(t, "400 Md5Mismatch", l.code(plain("PATCH", in+"a.csv?action=append&position=0", []byte("hello"), map[string]string{"Content-MD5": "AAAA"})))
	a = plain("PATCH", in+"a.csv?action=append&position=0&flush=true", []byte("hello"), nil)
	require.Equal(t, 202, a.status, "an append may flush")
	encoded := "/" + url.PathEscape(l.LakehouseID+"/Files/import/a.csv")
	a = plain("GET", encoded, nil, nil)
	require.Equal(t, "hello", string(a.body), "slashes may be encoded")
	require.Equal(t, "text/csv", a.header.Get("Content-Type"))
	require.Contains(t, a.header.Get("x-ms-properties"), "origin=")
	require.Equal(t, "400 InvalidUri", l.code(plain("GET", "/"+url.PathEscape(l.LakehouseID+"/Files/../../x"), nil, nil)), "and lead nowhere else")

	require.Equal(t, 200, plain("PATCH", in+"a.csv?action=setProperties", nil, map[string]string{"x-ms-content-type": "text/x"}).status)
	require.Equal(t, "404 PathNotFound", l.code(plain("PATCH", in+"none?action=setProperties", nil, nil)))
	require.Equal(t, "400 InvalidQueryParameterValue", l.code(plain("PATCH", in+"a.csv?action=setAccessControl", nil, nil)), "roles are Fabric's")
	require.Equal(t, 201, plain("PUT", in+"moved.csv", nil, map[string]string{"x-ms-rename-source": strings.TrimPrefix("/"+l.WorkspaceID+in, "/") + "a.csv"}).status)
	require.Equal(t, "text/x", plain("HEAD", in+"moved.csv", nil, nil).header.Get("Content-Type"), "what is kept beside a file goes with it")

	names := func(a answer) (found []string) {
		require.Equal(t, 200, a.status, "%s", a.body)
		for _, p := range a.json(t)["paths"].([]any) {
			found = append(found, p.(map[string]any)["name"].(string))
		}
		return found
	}
	require.Equal(t, []string{l.LakehouseID}, names(plain("GET", "?resource=filesystem&recursive=false", nil, nil)), "without a directory: the items")
	require.Contains(t, names(plain("GET", "?resource=filesystem&recursive=true", nil, nil)), l.LakehouseID+"/Files/import/moved.csv")
	for _, asked := range []string{
		"/" + l.LakehouseID + "/Files/import/?recursive=false&resource=filesystem&paginated=true",
		"?recursive=false&resource=filesystem&getShortcutMetadata=true&directory=" + l.LakehouseID + "/Files/import",
		"?recursive=false&resource=filesystem&directory=" + l.LakehouseID + "/Files/import/moved.csv",
	} {
		require.Equal(t, []string{l.LakehouseID + "/Files/import/moved.csv"}, names(plain("GET", asked, nil, nil)), asked)
	}
}

// TestTheBlobEndpoint is what azcopy and the SDK's reading half need.
func TestTheBlobEndpoint(t *testing.T) {
	l := openLake(t)
	blob := func(method, path, query string, body []byte, header map[string]string) answer {
		return l.must(method, l.BlobURL+"/"+l.WorkspaceID+path+query, l.token, body, header)
	}
	file := "/" + l.LakehouseID + "/Files/import/b.bin"
	id := func(n string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(n))) }
	raw := func(n string) string { return base64.StdEncoding.EncodeToString([]byte(n)) }
	for n, text := range map[string]string{"1": "hello ", "2": "world"} {
		require.Equal(t, 201, blob("PUT", file, "?comp=block&blockid="+id(n), []byte(text), nil).status)
	}
	require.Equal(t, 404, blob("HEAD", file, "", nil, nil).status, "nobody sees blocks")
	commit := "<BlockList><Latest>" + raw("1") + "</Latest><Latest>" + raw("2") + "</Latest></BlockList>"
	a := blob("PUT", file, "?comp=blocklist", []byte(strings.Replace(commit, raw("2"), raw("3"), 1)), nil)
	require.Equal(t, 400, a.status)
	require.Contains(t, string(a.body), "<Code>InvalidBlockList</Code>")
	require.Equal(t, 201, blob("PUT", file, "?comp=blocklist", []byte(commit), map[string]string{"x-ms-meta-Origin": "azcopy", "x-ms-blob-content-type": "text/b"}).status)
	a = blob("GET", file, "", nil, map[string]string{"x-ms-range": "bytes=6-"})
	require.Equal(t, "world", string(a.body))
	require.Equal(t, "azcopy", a.header.Get("x-ms-meta-origin"))
	require.Equal(t, "text/b", a.header.Get("Content-Type"))
	require.Equal(t, "BlockBlob", a.header.Get("x-ms-blob-type"))
	a = blob("PUT", file, "", []byte("x"), map[string]string{"x-ms-blob-type": "BlockBlob", "If-None-Match": "*"})
	require.Equal(t, 409, a.status)
	require.Equal(t, "BlobAlreadyExists", a.header.Get("x-ms-error-code"))
	require.Equal(t, 201, blob("PUT", file, "", []byte("whole"), map[string]string{"x-ms-blob-type": "BlockBlob"}).status)
	require.Equal(t, "whole", string(l.call("GET", "Files/import/b.bin", "", nil).body), "both endpoints show the same files")
	list := blob("GET", "", "?restype=container&comp=list&delimiter=%2F&prefix="+l.LakehouseID+"/Files/import/", nil, nil)
	require.Contains(t, string(list.body), "<Name>"+l.LakehouseID+"/Files/import/b.bin</Name>")
	require.Equal(t, 403, blob("DELETE", "/"+l.LakehouseID+"/Files", "", nil, nil).status)
	require.Equal(t, 202, blob("DELETE", file, "", nil, nil).status)
	require.Equal(t, "BlobNotFound", blob("DELETE", file, "", nil, nil).header.Get("x-ms-error-code"))
	require.Equal(t, 401, l.must("GET", l.BlobURL+"/"+l.WorkspaceID+"?restype=container", l.fabricToken(), nil, nil).status)
}

// TestEntrasOtherNames: the authority is asked by the tenant's domain, for every audience, with the keys that the authority publishes.
func TestEntrasOtherNames(t *testing.T) {
	w := start(t, nil)
	get := func(path string) map[string]any {
		a := w.must("GET", w.AuthorityURL+path, "", nil, nil)
		require.Equal(t, 200, a.status)
		return a.json(t)
	}
	known := get("/" + entra.Domain + "/v2.0/.well-known/openid-configuration")
	require.Equal(t, w.AuthorityURL+"/"+w.App.TenantID+"/v2.0", known["issuer"])
	keys := get(strings.TrimPrefix(known["jwks_uri"].(string), w.AuthorityURL))["keys"].([]any)
	require.Equal(t, "RS256", keys[0].(map[string]any)["alg"])
	require.Contains(t, get("/common/discovery/instance?api-version=1.1")["tenant_discovery_endpoint"], w.App.TenantID)

	powerBI := w.token(entra.PowerBIAudience + "/.default")
	require.Equal(t, 200, w.must("GET", w.item(), powerBI, nil, nil).status, "Fabric takes Power BI's audience")
	require.Equal(t, 401, w.must("GET", w.item(), w.token(entra.AzureAudience+"/.default"), nil, nil).status)
	require.Equal(t, 401, w.must("GET", w.item(), start(t, nil).fabricToken(), nil, nil).status, "another tenant's token")
	header, err := base64.RawURLEncoding.DecodeString(strings.Split(powerBI, ".")[0])
	require.NoError(t, err)
	var h struct{ Kid string }
	require.NoError(t, json.Unmarshal(header, &h))
	require.Equal(t, keys[0].(map[string]any)["kid"], h.Kid)
	require.Equal(t, http.StatusBadRequest, w.must("GET", w.AuthorityURL+"/elsewhere.example/discovery/v2.0/keys", "", nil, nil).status)
}
