"""The test kit: runs a plugin natively against recorded exchanges.

A plugin has a folder `fixtures` of JSON files. Each file holds one fixture or an array of them, and
a fixture is of one of three kinds:

- a **diagnosis**: a `failure` goes in, the `diagnosis` has to come out;
- an **exchange**: an `operation` runs against recorded answers; its requests, what it `found` and
  how it `ends` have to be as recorded;
- a **message**: a `message` of the provider goes in, the `signals` have to come out, and of one
  that is failed the `diagnosis`.

Only what a fixture names is compared, so it may be as short as the fact that it shows.

`python -m relink_sdk test` runs them. To run them under another runner, one line makes a
`unittest.TestCase` of them::

    from relink_sdk.testing import plugin_tests

    PluginTests = plugin_tests(".")
"""

from relink_sdk.testing.cases import plugin_tests

__all__ = ["plugin_tests"]
