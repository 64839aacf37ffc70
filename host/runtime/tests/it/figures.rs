//! What calls cost, as an operator is told it.

use std::sync::Arc;

use relink_runtime::{Calls, Figures};

use crate::guest::{Guest, context, failure, start};
use crate::hot_load::{Scene, faulty, version};

fn counted(figures: &Figures) -> (u64, u64) {
    (figures.calls(), figures.faults())
}

#[tokio::test]
async fn each_version_is_counted_for_itself_and_outlives_a_swap() {
    let scene = Scene::new();
    let calls = Calls::new(Arc::clone(&scene.registry));
    scene.put("acme.wasm", &version("1.0.0"));
    let good = scene.registry.get("acme").unwrap();
    for _ in 0..3 {
        calls.step(&good, context(), Vec::new(), start()).await.unwrap();
    }
    scene.put("acme.wasm", &faulty("1.1.0"));
    let bad = scene.registry.get("acme").unwrap();
    calls.step(&bad, context(), Vec::new(), start()).await.unwrap();
    calls.classify(&bad, failure()).await.unwrap_err();
    scene.registry.roll_back("acme").unwrap();
    let back = scene.registry.get("acme").unwrap();
    calls.classify(&back, failure()).await.unwrap();

    let found = scene.registry.figures("acme");
    let found: Vec<_> = found.iter().map(|of| (of.version.as_str(), counted(&of.figures))).collect();
    assert_eq!(found, [("1.0.0", (4, 0)), ("1.1.0", (2, 1))]);
}

#[tokio::test]
async fn times_and_memory_of_a_call_are_told() {
    let scene = Scene::new();
    let calls = Calls::new(Arc::clone(&scene.registry));
    let plugin = scene.registry.load_bytes(&Guest { pages: 3, ..Guest::default() }.component()).unwrap();
    assert!(scene.registry.figures("acme")[0].figures.within(0.5).is_none());
    calls.classify(&plugin, failure()).await.unwrap();
    let figures = &scene.registry.figures("acme")[0].figures;
    assert!(figures.within(0.99) >= figures.within(0.5) && figures.within(0.5).is_some());
    assert_eq!(figures.peak_memory(), 3 * 65_536);
    assert!(plugin.code_size().unwrap() > 1_000);
}

#[tokio::test]
async fn a_removed_plugin_leaves_no_figures() {
    let scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    assert_eq!(scene.registry.figures("acme").len(), 1);
    scene.registry.remove("acme").unwrap();
    assert!(scene.registry.figures("acme").is_empty());
}
