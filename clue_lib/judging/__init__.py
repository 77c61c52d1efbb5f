"""Two scored runs to verdicts. Pure."""
