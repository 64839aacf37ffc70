//! The recorded exchanges and errors of Ahrefs.

relink_sdk::testing::fixtures!(relink_plugin_ahrefs::Ahrefs);
