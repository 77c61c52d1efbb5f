"""All that knows pytest: options, fixtures, verdicts, snapshots, progress."""

pytest_plugins = ("clue_lib.plugin.hooks",)
