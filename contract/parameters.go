package contract

// InputHashParameter is the ingest pipeline's parameter that holds the SHA-256 of what was looked at, in lower-case hexadecimal: the
// notebook refuses other content. Empty: nothing is said.
const InputHashParameter = "input_sha256"

// IngestParameters and RestoreParameters are what the two pipelines are sent: read_options only with a file that needs it, input_sha256
// only where the content is known. Fabric ignores a parameter that a pipeline does not declare without a word.
var (
	IngestParameters  = []string{"input_file", "run_id", "requested_by", "total_visitors", "converting_visitors", ReadOptionsParameter, InputHashParameter}
	RestoreParameters = []string{"source_run_id", "run_id", "requested_by", "input_file"}
)
