//! The recorded exchanges and errors of Google.

relink_sdk::testing::fixtures!(relink_plugin_google::Google);
