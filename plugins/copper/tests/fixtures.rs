//! The recorded exchanges and errors of Copper.

relink_sdk::testing::fixtures!(relink_plugin_copper::Copper);
