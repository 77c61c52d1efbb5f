pytest_plugins = ["clue_lib.plugin"]
