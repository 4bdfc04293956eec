package fabric

import (
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestItemsHoldsEverythingThatIsDeployed(t *testing.T) {
	var found []string
	require.NoError(t, fs.WalkDir(Items, ".", func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		if entry.IsDir() {
			return nil
		}
		found = append(found, path)
		content, err := fs.ReadFile(Items, path)
		require.NoError(t, err)
		require.True(t, json.Valid(content), path)
		return nil
	}))
	require.Equal(t, []string{
		"restore_run.DataPipeline/.platform", "restore_run.DataPipeline/pipeline-content.json",
		"restore_run.Notebook/.platform", "restore_run.Notebook/notebook-content.ipynb",
		"sales_ingest.DataPipeline/.platform", "sales_ingest.DataPipeline/pipeline-content.json",
		"sales_ingest.Notebook/.platform", "sales_ingest.Notebook/notebook-content.ipynb",
		"sales_ingest_spark.Notebook/.platform", "sales_ingest_spark.Notebook/notebook-content.ipynb",
	}, found)
}
