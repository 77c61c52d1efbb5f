"""What a run could see, before it."""
