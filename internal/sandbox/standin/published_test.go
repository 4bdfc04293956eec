package standin_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The forms of Fabric's answers that the tests hold the stand-in to (docs/fabric.md, Starting a job and Job instances).
// The test below compares them with the examples that Microsoft publishes.
var (
	acceptedHeaders = []string{"Location", "Retry-After"} // of a start and of a cancel
	jobFields       = []string{"endTimeUtc", "failureReason", "id", "invokeType", "itemId", "jobType", "rootActivityId", "startTimeUtc", "status"}
	pageFields      = []string{"continuationToken", "continuationUri", "value"}
	lakehousePaths  = []string{"oneLakeFilesPath", "oneLakeTablesPath"}
	jobTime         = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}$`) // no zone, seven digits
)

func TestTheFormsAreThoseThatMicrosoftPublishes(t *testing.T) {
	const jobs = "platform/examples/platform/"
	for _, name := range []string{"RunOnDemandItemJob.json", "CancelItemJobInstance.json"} {
		headers, _ := published(t, jobs+name, "202")
		require.Equal(t, acceptedHeaders, slices.Sorted(maps.Keys(headers)), name)
	}
	_, job := published(t, jobs+"GetItemJobInstance.json", "200")
	require.Equal(t, jobFields, slices.Sorted(maps.Keys(job)))
	require.Regexp(t, jobTime, job["startTimeUtc"])
	require.Regexp(t, jobTime, job["endTimeUtc"])
	_, page := published(t, jobs+"ListItemJobInstancesWithContinuation.json", "200")
	require.Equal(t, pageFields, slices.Sorted(maps.Keys(page)))
	_, lakehouse := published(t, "lakehouse/examples/GetLakehouse.json", "200")
	for _, key := range lakehousePaths {
		require.Contains(t, lakehouse["properties"], key)
	}
}

// published reads the headers and the body of an answer in one of Microsoft's examples.
func published(t *testing.T, path, status string) (headers, body map[string]any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "fabric-openapi", filepath.FromSlash(path)))
	if os.IsNotExist(err) {
		t.Skip("the examples of microsoft/fabric-rest-api-specs are not in ../shared/fabric-openapi, beside the project")
	}
	require.NoError(t, err)
	var example struct {
		Responses map[string]struct{ Headers, Body map[string]any }
	}
	require.NoError(t, json.Unmarshal(text, &example))
	answer, ok := example.Responses[status]
	require.True(t, ok, "%s has no answer %s", path, status)
	return answer.Headers, answer.Body
}
