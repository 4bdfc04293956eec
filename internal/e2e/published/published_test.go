package published

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// TestItFindsWhatIsNotPublished: a check that finds nothing wrong must be one that could have.
func TestItFindsWhatIsNotPublished(t *testing.T) {
	api, err := Load(fstest.MapFS{
		"a/swagger.json": {Data: []byte(`{"basePath": "/v1", "paths": {"/things/{id}": {
			"get": {"parameters": [{"in": "query", "name": "deep", "type": "boolean"}], "responses": {"200": {"schema": {"$ref": "../b/types.json#/definitions/Thing"}}}},
			"post": {"parameters": [{"in": "body", "name": "thing", "required": true, "schema": {"$ref": "../b/types.json#/definitions/Thing"}}],
				"responses": {"202": {"description": "**Location** the place **Retry-After** seconds"}, "default": {"schema": {"$ref": "../b/types.json#/definitions/Failure"}}}}}}}`)},
		"b/types.json": {Data: []byte(`{"definitions": {
			"Base": {"properties": {"id": {"type": "string"}}, "required": ["id"]},
			"Thing": {"allOf": [{"$ref": "#/definitions/Base"}], "properties": {"size": {"type": "integer"}, "kind": {"type": "string", "enum": ["A"]},
				"open": {"type": "string", "enum": ["A"], "x-ms-enum": {"modelAsString": true}}, "parts": {"type": "array", "items": {"$ref": "#/definitions/Base"}}, "any": {"type": "object"}}},
			"Failure": {"properties": {"errorCode": {"type": "string"}}}}}`)},
	}, "a/swagger.json")
	require.NoError(t, err)
	const path = "/v1/Things/1"
	for body, wrong := range map[string]string{
		`{"id": "x", "size": 3, "kind": "A", "open": "B", "parts": [{"id": "y"}], "any": {"z": 1}}`: "",
		`{"id": "x", "size": null}`:  "",
		`{"size": 3}`:                "$.id is missing",
		`{"id": "x", "size": "3"}`:   "$.size is 3",
		`{"id": "x", "size": 3.5}`:   "$.size is 3.5",
		`{"id": "x", "kind": "B"}`:   "none of",
		`{"id": "x", "parts": [{}]}`: "$.parts[0].id is missing",
		`{"id": "x", "parts": {}}`:   "published is array",
		`{"id": "x", "more": 1}`:     "$.more",
		`[]`:                         "is an array",
		`garbage`:                    "invalid character",
	} {
		for _, err := range []error{api.Request("POST", path, nil, []byte(body)), api.Answer("GET", path, 200, nil, []byte(body))} {
			if wrong == "" {
				require.NoError(t, err, body)
			} else {
				require.ErrorContains(t, err, wrong, body)
			}
		}
	}
	require.NoError(t, api.Request("GET", path, url.Values{"deep": {"true"}}, nil))
	there := http.Header{"Location": {"x"}, "Retry-After": {"1"}}
	require.NoError(t, api.Answer("POST", path, 202, there, nil))
	require.NoError(t, api.Answer("POST", path, 409, nil, []byte(`{"errorCode": "x"}`)))
	require.ErrorContains(t, api.Answer("POST", path, 202, http.Header{"Location": {"x"}}, nil), "Retry-After")
	require.ErrorContains(t, api.Request("POST", path, nil, nil), "without a body")
	for _, err := range []error{
		api.Request("GET", path, url.Values{"wide": {"true"}}, nil), api.Request("GET", path, nil, []byte(`{}`)), api.Request("DELETE", path, nil, nil),
		api.Request("GET", "/v1/things", nil, nil), api.Answer("GET", path, 201, nil, nil), api.Answer("POST", path, 202, there, []byte("{}")),
	} {
		require.True(t, errors.Is(err, ErrUnpublished), "%v", err)
	}
}
