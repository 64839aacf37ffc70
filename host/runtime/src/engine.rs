//! The one WebAssembly engine of the process, and the clock that ends calls.
//!
//! There is exactly one `Config`. What is switched off here stays off: a feature that no guest needs
//! is code in which a sandbox escape can hide.

use std::hash::{Hash, Hasher};
use std::num::NonZeroUsize;
use std::thread;
use std::time::{Duration, Instant};

use wasmparser::WasmFeatures;
use wasmtime::{
    Config, Enabled, Engine, EngineWeak, InstanceAllocationStrategy, PoolingAllocationConfig, Strategy,
    WasmBacktraceDetails,
};

use crate::limits::Limits;

/// What a guest may be made of: what compilers emit by default for `wasm32`, and no more.
///
/// Threads, SIMD, garbage collection, exceptions, tail calls, 64-bit and several memories are absent.
pub(crate) const GUEST_FEATURES: WasmFeatures = WasmFeatures::MUTABLE_GLOBAL
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::REFERENCE_TYPES)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::FLOATS)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::COMPONENT_MODEL);

/// The resolution of deadlines.
const TICK: Duration = Duration::from_millis(10);

/// Makes the engine and starts its clock, which stops when the engine is dropped.
pub(crate) fn start(limits: &Limits) -> wasmtime::Result<Engine> {
    let engine = match Engine::new(&config(limits, pool(limits))) {
        Ok(engine) => {
            tracing::info!(allocator = "pool", slots = slots(limits), "plugin sandbox is ready");
            engine
        }
        Err(error) => {
            let engine = Engine::new(&config(limits, InstanceAllocationStrategy::OnDemand))?;
            tracing::warn!(
                allocator = "on-demand",
                error = format!("{error:#}"),
                "plugin sandbox is ready, but calls are slower: the memory pool cannot be mapped"
            );
            engine
        }
    };
    let weak = engine.weak();
    thread::Builder::new().name("plugin-ticker".to_owned()).spawn(move || tick(&weak))?;
    Ok(engine)
}

/// The number of ticks after which a call must have ended: rounded up, and one more because the
/// current tick is already partly over.
pub(crate) fn ticks(deadline: Duration) -> u64 {
    let ticks = deadline.as_millis().div_ceil(TICK.as_millis());
    u64::try_from(ticks).unwrap_or(u64::MAX).saturating_add(1)
}

/// What compiled code depends on besides the component: compiler, settings and processor.
pub(crate) fn compatibility(engine: &Engine) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.finish()
}

/// An engine that only compiles: it maps no pool and has no clock, and its code runs in the other engine.
pub(crate) fn for_compiling() -> wasmtime::Result<Engine> {
    Engine::new(&code_config())
}

fn config(limits: &Limits, allocation: InstanceAllocationStrategy) -> Config {
    let mut config = code_config();
    config
        .allocation_strategy(allocation)
        .max_wasm_stack(limits.stack_bytes)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .wasm_backtrace_max_frames(NonZeroUsize::new(8));
    config
}

/// Whatever the compiled code depends on, and nothing that a limit changes.
fn code_config() -> Config {
    let mut config = Config::new();
    config
        .strategy(Strategy::Cranelift)
        .epoch_interruption(true)
        .concurrency_support(false)
        .wasm_features(WasmFeatures::all().difference(GUEST_FEATURES), false)
        .wasm_features(GUEST_FEATURES, true)
        // Two hosts must get the same answer from the same call, or a recording could not be replayed.
        .cranelift_nan_canonicalization(true);
    config
}

fn pool(limits: &Limits) -> InstanceAllocationStrategy {
    let slots = slots(limits);
    let count = |per_call: usize| u32::try_from(per_call).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(slots)
        .total_core_instances(slots.saturating_mul(count(limits.core_instances)))
        .total_memories(slots.saturating_mul(count(limits.memories)))
        .total_tables(slots.saturating_mul(count(limits.tables)))
        .max_core_instances_per_component(count(limits.core_instances))
        .max_memories_per_component(count(limits.memories))
        .max_tables_per_component(count(limits.tables))
        .max_tables_per_module(count(limits.tables))
        .table_elements(limits.table_elements)
        .max_memory_size(limits.memory_bytes)
        .linear_memory_keep_resident(limits.keep_resident_bytes)
        .table_keep_resident(limits.keep_resident_bytes)
        .pagemap_scan(Enabled::Auto);
    InstanceAllocationStrategy::Pooling(pool)
}

/// Room for every worker, and for what is loaded or checked beside them.
fn slots(limits: &Limits) -> u32 {
    u32::try_from(2 * limits.workers + 4).unwrap_or(u32::MAX)
}

/// Ticks at fixed times, so that what a sleep takes too long does not add up to the deadlines. Time in which
/// this thread got nothing of a busy machine is not made up for: the guests had none of it either.
#[expect(clippy::disallowed_methods, reason = "the thread is its own, and does nothing but wait")]
fn tick(engine: &EngineWeak) {
    let mut next = Instant::now() + TICK;
    loop {
        thread::sleep(next.saturating_duration_since(Instant::now()));
        let Some(engine) = engine.upgrade() else { return };
        engine.increment_epoch();
        next = (next + TICK).max(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_round_up() {
        for (ms, expected) in [(0, 1), (1, 2), (10, 2), (11, 3), (1_000, 101)] {
            assert_eq!(ticks(Duration::from_millis(ms)), expected);
        }
    }

    #[test]
    fn what_is_compiled_apart_runs_here() {
        let here = Engine::new(&config(&Limits::default(), pool(&Limits::default()))).unwrap();
        assert_eq!(compatibility(&for_compiling().unwrap()), compatibility(&here));
    }

    #[test]
    fn an_engine_is_made_where_no_pool_can_be_mapped() {
        let limits = Limits { workers: 1 << 20, ..Limits::default() };
        assert!(Engine::new(&config(&limits, pool(&limits))).is_err());
        assert!(start(&limits).is_ok());
    }
}
