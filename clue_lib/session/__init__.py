"""One run of the gate, from its options to its verdicts."""
