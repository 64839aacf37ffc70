//! Compiling in a child: what it brings back, and how it ends.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use relink_core::time::Timestamp;
use relink_runtime::{
    Compile, CompileLimits, Gate, Loader, LoaderConfig, Proof, Refusal, Registry, RegistryConfig, Workshop,
};
use tempfile::TempDir;

use crate::guest::{Guest, context, limits, start};
use crate::hostile::bombs;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_compile-plugin");

/// A child with limits that a test can wait for.
pub(crate) fn apart() -> Compile {
    within(CompileLimits { time_per_mib: Duration::from_secs(1), ..CompileLimits::default() })
}

pub(crate) fn within(limits: CompileLimits) -> Compile {
    Compile::Apart(Workshop::new(Path::new(PROGRAM), Vec::<String>::new(), limits))
}

fn loader(compile: Compile) -> Loader {
    let (supported_features, proof) = (Vec::new(), Proof::Fixtures);
    Loader::new(LoaderConfig { limits: limits(), cache_dir: None, compile, proof, supported_features }).unwrap()
}

#[track_caller]
fn check(refused: Result<impl Sized, Refusal>, expected: &str) {
    let Err(refusal) = refused else { panic!("it was taken") };
    assert_eq!(refusal.gate, Gate::Compile, "{refusal}");
    assert!(refusal.found.contains(expected), "{refusal}");
}

#[test]
fn what_a_child_compiled_runs() {
    let loader = loader(apart());
    let plugin = loader.load(&Guest::default().component()).unwrap();
    assert!(plugin.step(context(), &[], start()).is_ok());
}

#[test]
fn a_child_that_works_too_long_is_ended() {
    let began = Instant::now();
    check(loader(apart()).load(&bombs::meeting_branches()), "ended after 1 s of work");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[test]
fn a_child_that_takes_too_much_memory_is_ended() {
    let little = CompileLimits { memory_bytes: 128 << 20, time_per_mib: Duration::from_secs(20) };
    check(loader(within(little)).load(&bombs::long_function()), "more than 128 MiB of memory");
}

#[test]
fn a_program_that_is_not_there_is_no_compiler() {
    let nothing = Workshop::new(Path::new("/nowhere/relink"), ["compile-plugin"], CompileLimits::default());
    check(loader(Compile::Apart(nothing)).load(&Guest::default().component()), "cannot be started");
}

#[test]
fn a_program_that_does_something_else_is_no_compiler() {
    for program in ["/bin/true", "/bin/false", "/bin/cat"] {
        let other = Workshop::new(Path::new(program), Vec::<String>::new(), CompileLimits::default());
        let refusal = loader(Compile::Apart(other)).load(&Guest::default().component()).unwrap_err();
        assert_eq!(refusal.gate, Gate::Compile, "{program}: {refusal}");
    }
}

fn registry(root: &TempDir, compile: Compile) -> Arc<Registry> {
    Registry::open(RegistryConfig {
        folder: root.path().join("plugins"),
        cache_dir: root.path().join("cache"),
        compile,
        limits: limits(),
        supported_features: Vec::new(),
        keeping: None,
        clock: Arc::new(|| Timestamp::from_ms(0)),
    })
    .unwrap()
}

#[test]
fn a_bomb_in_the_folder_is_tried_once() {
    let root = tempfile::tempdir().unwrap();
    let little = CompileLimits { time_per_mib: Duration::from_secs(1), ..CompileLimits::default() };
    let more = CompileLimits { time_per_mib: Duration::from_secs(2), ..little };
    // No compiler can be started there, so whatever is tried again is refused for that.
    let without_compiler = |limits| Compile::Apart(Workshop::new(Path::new("/nowhere"), Vec::<String>::new(), limits));
    let refusal = |registry: &Registry| registry.list()[0].refusal.clone().unwrap().found;
    let bomb = bombs::meeting_branches();
    fs::create_dir(root.path().join("plugins")).unwrap();
    fs::write(root.path().join("plugins/bomb.wasm"), &bomb).unwrap();
    let first = refusal(&registry(&root, within(little)));
    assert!(first.contains("ended after 1 s of work"), "{first}");

    let next_start = registry(&root, without_compiler(little));
    assert_eq!(refusal(&next_start), first);
    check(next_start.check(&bomb), "cannot be started");
    assert!(refusal(&registry(&root, without_compiler(more))).contains("cannot be started"));
}

#[test]
fn the_child_ends_when_the_host_stops() {
    let root = tempfile::tempdir().unwrap();
    let patient = CompileLimits { time_per_mib: Duration::from_mins(10), ..CompileLimits::default() };
    let registry = registry(&root, within(patient));
    thread::scope(|scope| {
        let compiling = scope.spawn(|| registry.check(&bombs::meeting_branches()));
        registry.stop();
        check(compiling.join().unwrap(), "the host was stopped");
    });
}
