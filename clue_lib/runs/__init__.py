"""A task to frozen prompts, and a model's answers to a scored run."""
