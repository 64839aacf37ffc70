//! What `wit-bindgen` makes of the contract in `wit/0.2`; everything else in this crate is safe code
//! on top of it.
#![expect(clippy::same_length_and_capacity, reason = "generated: the host allocates lists exactly")]

wit_bindgen::generate!({
    path: "../../wit/0.2",
    world: "plugin",
    pub_export_macro: true,
    default_bindings_module: "relink_sdk::bindings",
    additional_derives: [PartialEq],
});
