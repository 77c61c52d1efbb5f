"""What people and programs read of a run. Renders only; writes only where it is told to."""
