//! The recorded exchanges and errors of the example provider.

relink_sdk::testing::fixtures!(relink_plugin_oidc::Oidc);
