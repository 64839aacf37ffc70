//! The recorded exchanges and errors of X.

relink_sdk::testing::fixtures!(relink_plugin_x::X);
