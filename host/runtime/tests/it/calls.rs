//! Plugins as async code calls them: bounded, and apart from each other.

use std::sync::Arc;
use std::time::{Duration, Instant};

use relink_runtime::{Approval, Calls, Fault, Limits, ListingState, Package, Plugin, Registry};
use serde_json::json;

use crate::guest::{Guest, LOOP, context, failure, limits, message, start};
use crate::hot_load::Scene;

fn scene() -> (Scene, Calls) {
    let limits =
        Limits { workers: 2, plugin_workers: 1, plugin_queue: 1, step_deadline: Duration::from_secs(1), ..limits() };
    let scene = Scene::with(&limits);
    let calls = Calls::new(Arc::clone(&scene.registry));
    (scene, calls)
}

fn load(registry: &Registry, guest: &Guest) -> Arc<Plugin> {
    registry.load_bytes(&guest.component()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_answered() {
    let (scene, calls) = scene();
    let plugin = load(&scene.registry, &Guest::default());
    assert_eq!(calls.step(&plugin, context(), vec![9], start()).await.unwrap().state, [1, 2, 3]);
    assert_eq!(calls.classify(&plugin, failure()).await.unwrap().code, "acme.subscription-lapsed");
    assert_eq!(calls.migrate(&plugin, "0.9.0".to_owned(), vec![9]).await.unwrap().unwrap(), [4, 5]);
    assert_eq!(calls.receive(&plugin, message()).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_in_messages_and_old_states_count_as_others_do() {
    let (scene, calls) = scene();
    let broken = Some("unreachable".to_owned());
    let guest = Guest { migrate: broken.clone(), receive: broken, ..Guest::default() };
    scene.put("acme.wasm", &guest.component());
    let plugin = scene.registry.get("acme").unwrap();
    for count in 0..limits().faults_to_withdraw {
        assert_eq!(scene.listing("acme.wasm").state, ListingState::InService, "after {count} faults");
        let fault = match count % 2 {
            0 => calls.receive(&plugin, message()).await.unwrap_err(),
            _ => calls.migrate(&plugin, "0.9.0".to_owned(), vec![9]).await.unwrap_err(),
        };
        assert_eq!(fault.code(), "trap");
    }
    assert_eq!(scene.listing("acme.wasm").state, ListingState::Suspect);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_fails_at_once_is_called_less_often() {
    let (scene, calls) = scene();
    let plugin = load(&scene.registry, &Guest::stepping("unreachable"));
    let began = Instant::now();
    for _ in 0..4 {
        assert_eq!(calls.step(&plugin, context(), Vec::new(), start()).await.unwrap_err().code(), "trap");
    }
    assert!(began.elapsed() >= 3 * limits().rest_after_fault, "four calls took {:?}", began.elapsed());
}

#[test]
fn no_component_is_tried_at_once_after_one_that_was_refused() {
    let (scene, _) = scene();
    let package = || Package { component: b"no component".to_vec(), signature: None };
    let began = Instant::now();
    scene.registry.check(b"no component").unwrap_err();
    scene.registry.install(package(), Approval::Given).unwrap_err();
    scene.registry.propose(package()).map(drop).unwrap_err();
    scene.registry.check(b"no component").unwrap_err();
    assert!(began.elapsed() >= 3 * limits().rest_after_refusal, "four took {:?}", began.elapsed());
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_had_a_fault_has_threads_of_its_own() {
    let (scene, calls) = scene();
    let plugin = load(&scene.registry, &Guest::stepping(LOOP));
    for had_a_fault in [false, true] {
        let (calls, called) = (calls.clone(), Arc::clone(&plugin));
        let call = tokio::spawn(async move { calls.step(&called, context(), Vec::new(), start()).await });
        let began = Instant::now();
        while !is_a_suspect_busy() && began.elapsed() < Duration::from_millis(500) {
            tokio::task::yield_now().await;
        }
        assert_eq!(is_a_suspect_busy(), had_a_fault);
        assert_eq!(call.await.unwrap().unwrap_err().code(), "deadline");
    }
}

/// Whether a thread of this process that is meant for plugins with faults runs, as proc(5) tells.
#[cfg(target_os = "linux")]
fn is_a_suspect_busy() -> bool {
    let threads = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let mut about = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("stat")).ok());
    about.any(|about| about.contains("(suspect) R"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_plugin_delays_nobody_but_itself() {
    let (scene, calls) = scene();
    let mut slow = Guest::stepping(LOOP);
    slow.descriptor["id"] = "slow".into();
    slow.descriptor["aliases"] = json!([]);
    let slow = load(&scene.registry, &slow);
    let quick = load(&scene.registry, &Guest::default());
    let step = |plugin: &Arc<Plugin>| {
        let (calls, plugin) = (calls.clone(), Arc::clone(plugin));
        async move { calls.step(&plugin, context(), Vec::new(), start()).await }
    };
    let mut stuck = [Box::pin(step(&slow)), Box::pin(step(&slow))];
    for call in &mut stuck {
        assert!(futures::poll!(call.as_mut()).is_pending(), "a slow call must be under way or wait");
    }
    // One runs and one waits: the next is turned away at once, and the other plugin is served.
    assert_eq!(step(&slow).await.unwrap_err(), Fault::Busy);
    assert!(step(&quick).await.is_ok());
    for call in stuck {
        assert_eq!(call.await.unwrap_err().code(), "deadline");
    }
}
