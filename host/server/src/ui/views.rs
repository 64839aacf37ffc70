//! One struct per page: exactly what the page shows, in plain values, and its template.

pub(crate) mod clients;
pub(crate) mod connect;
pub(crate) mod connection;
pub(crate) mod coverage;
pub(crate) mod data_sources;
pub(crate) mod health;
pub(crate) mod help;
pub(crate) mod key_form;
pub(crate) mod notices;
pub(crate) mod plugin;
pub(crate) mod plugins;
pub(crate) mod problem;
pub(crate) mod provider;
pub(crate) mod reconnection;
pub(crate) mod repair;
pub(crate) mod settings;
pub(crate) mod settings_form;
pub(crate) mod shell;
pub(crate) mod sign_in;
pub(crate) mod table_query;
pub(crate) mod webhook;
