//! The recorded exchanges and errors of Meta.

relink_sdk::testing::fixtures!(relink_plugin_meta::Meta);
