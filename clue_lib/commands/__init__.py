"""What `python -m clue_lib` runs: one module for each group of commands, imported when it is asked for."""
