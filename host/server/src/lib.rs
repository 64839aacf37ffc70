//! The server of Relink: command line, settings, pages, API.
//!
//! It decides and stores nothing by itself: it finds out who asks, hands the wish to the engine or
//! reads the store for what this person may see, and writes the answer as a page or as JSON.

#[macro_use]
mod print;

mod api;
pub mod app;
mod auth;
pub mod cli;
pub mod config;
mod demo;
mod metrics;
mod oci;
mod pages;
mod plugins;
mod sealing_key;
mod telemetry;
mod ui;
mod web;
mod webhooks;
