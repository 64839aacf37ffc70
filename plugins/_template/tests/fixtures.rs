//! The recorded exchanges and errors of Acme.

relink_sdk::testing::fixtures!(relink_plugin_acme::Acme);
