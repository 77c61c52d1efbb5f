"""What happens before pytest collects: marks are known, and a session that names a model becomes a run of the gate."""

import pytest

from clue_lib.plugin import command_line
from clue_lib.plugin.collection import FOLDERS
from clue_lib.plugin.state import raised_as, settings_key


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known; where a model is named, add the hooks of `session`, which check the options together."""
    for folder in FOLDERS:
        config.addinivalue_line("markers", f"{folder}: the model tests of tests/{folder}")
    config.addinivalue_line("markers", "custom: the model tests of tasks of your own")
    config.stash[settings_key] = None
    if config.option.help:
        return
    if command_line.names_a_model(config):
        from clue_lib.plugin import session

        config.pluginmanager.register(session)
    else:
        with raised_as(pytest.UsageError):
            command_line.check_no_option_is_alone(config)
