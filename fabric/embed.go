// Package fabric holds what is deployed to Microsoft Fabric: the notebooks and the definitions of the pipelines that call
// them. README.md beside this file says how to deploy them; src/ is what the notebooks are built from.
package fabric

import (
	"embed"
	"io/fs"
)

//go:embed all:notebooks
var files embed.FS

// Items holds a folder for each item, in the form in which Fabric's Git integration and fabric-cicd keep them:
// NAME.Notebook/notebook-content.ipynb and NAME.DataPipeline/pipeline-content.json, each beside a .platform. Pipelines name their
// notebook by its logical id and the workspace by the zero GUID; notebooks are bound to no lakehouse.
var Items = func() fs.FS {
	items, err := fs.Sub(files, "notebooks")
	if err != nil { // the name is a constant
		panic(err)
	}
	return items
}()
