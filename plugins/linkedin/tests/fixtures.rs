//! The recorded exchanges and errors of LinkedIn.

relink_sdk::testing::fixtures!(relink_plugin_linkedin::LinkedIn);
