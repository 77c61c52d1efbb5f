"""Stage 2 of reading: every place where an answer names an option or a label, how it is said and how firmly."""
