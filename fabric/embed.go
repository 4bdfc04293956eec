// Package fabric holds what is deployed to Microsoft Fabric: the notebooks and the definitions of the pipelines that call
// them. README.md beside this file says how to deploy them; src/ is what the notebooks are built from.
package fabric

import "embed"

// Notebooks holds notebooks/*.ipynb and, for each pipeline, pipelines/NAME.DataPipeline/pipeline-content.json and .platform.
// Their ids are placeholders such as {{LAKEHOUSE_ID}}.
//
//go:embed notebooks/*.ipynb all:pipelines
var Notebooks embed.FS
