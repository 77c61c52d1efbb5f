"""The commands of `clue-gate`: one module for each group of them, imported when one of its commands is called."""
