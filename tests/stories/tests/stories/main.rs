//! Stories: what people and programs live through, told through the real surfaces of a whole server.
//! The README of this folder's parent says how they are organised and which checks they prove.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on ends there and says where")]

mod asked;
mod callback;
mod expiry;
mod help;
mod hot_plugin;
mod incidents;
mod issuer;
mod keys;
mod mail;
mod main_job;
mod meta;
mod notice;
mod operators;
mod passes;
mod pause;
mod privileges;
mod publishers;
mod reasons;
mod refill;
mod rescue;
mod restart;
mod rotation;
mod secrets;
mod sign_in;
mod sorting;
mod table;
mod tenancy;
mod versions;
mod visibility;
mod waves;
mod weather;
mod webhooks;
