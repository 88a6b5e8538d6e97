"""The verbs of the command line: each module has `arguments(parser)` and `run(options, settings)`."""
