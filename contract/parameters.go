package contract

// IngestParameters and RestoreParameters are what the two pipelines are sent, read_options only with a file that needs it. Fabric ignores
// a parameter that a pipeline does not declare without a word.
var (
	IngestParameters  = []string{"input_file", "run_id", "requested_by", "total_visitors", "converting_visitors", ReadOptionsParameter}
	RestoreParameters = []string{"source_run_id", "run_id", "requested_by", "input_file"}
)
