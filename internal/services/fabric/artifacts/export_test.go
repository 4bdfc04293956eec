package artifacts

// The steps of an upload, for tests against the stand-in.
var (
	StagingPath = stagingPath
	Begin       = (*OneLake).begin
	Put         = (*OneLake).put
	Flush       = (*OneLake).flush
	Name        = (*OneLake).name
	Discard     = (*OneLake).discard
)
