package fabric

import (
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNotebooksHoldsEverythingThatIsDeployed(t *testing.T) {
	var found []string
	require.NoError(t, fs.WalkDir(Notebooks, ".", func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		if entry.IsDir() {
			return nil
		}
		found = append(found, path)
		content, err := Notebooks.ReadFile(path)
		require.NoError(t, err)
		require.True(t, json.Valid(content), path)
		return nil
	}))
	require.Equal(t, []string{
		"notebooks/restore_run.ipynb", "notebooks/sales_ingest.ipynb",
		"pipelines/restore_run.DataPipeline/.platform", "pipelines/restore_run.DataPipeline/pipeline-content.json",
		"pipelines/sales_ingest.DataPipeline/.platform", "pipelines/sales_ingest.DataPipeline/pipeline-content.json",
	}, found)
}
