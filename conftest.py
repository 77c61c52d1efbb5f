def pytest_addoption(pluginmanager):
    # As `pytest_plugins = ["clue_lib.plugin"]`, which pytest refuses where it meets this file late: in a run of the
    # model tests from another folder, that has loaded the plugin before.
    pluginmanager.import_plugin("clue_lib.plugin")
