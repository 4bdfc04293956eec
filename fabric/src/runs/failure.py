"""## Failing

What a person can do something about is raised as a `RunFailed`: its message is the one sentence that ends up in
`run_metadata.json`, in the job's failure reason and on the screen.
"""


class RunFailed(Exception):
    """The run can't go on; the message is one sentence: what happened, and what to do where something can be done."""
