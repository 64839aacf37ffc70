//! How much of the machine a plugin may use: every figure of the sandbox, in one place.

use std::num::NonZero;
use std::thread;
use std::time::Duration;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// The figures of the sandbox.
///
/// Deadlines are wall time, since that is what somebody waits for. They are therefore far above what
/// an honest plugin needs (10 to 100 microseconds a call): a busy machine must not make a plugin
/// look guilty.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest component that is accepted. Rust guests have 100 KiB to 1 MiB, Python guests 18 MiB.
    pub component_bytes: usize,
    /// Linear memory of one call. Rust guests need 1 MiB, JavaScript and Python guests up to 64 MiB;
    /// set 256 MiB for Python guests that load large libraries.
    pub memory_bytes: usize,
    /// Linear memories of one call: that of the guest and one of an adapter.
    pub memories: usize,
    /// Tables of one call, and elements of each.
    pub tables: usize,
    pub table_elements: usize,
    /// Core instances inside one component. Rust guests have 4, Python guests some 200.
    pub core_instances: usize,
    /// Functions of a component, and variables of all of them: the compiler pays for each, even if it does
    /// nothing. JavaScript and Python guests, which are the largest, have 13 500 functions with 52 000 variables.
    pub functions: usize,
    pub locals: usize,
    /// Resources of the component model that one call may hold, of types that the guest made up: the contract has none.
    pub handles: usize,
    /// Stack of the guest's functions, taken from the stack of the calling thread.
    pub stack_bytes: usize,
    /// Data that one call may hand to the host: it must fit `rows_bytes` and the state.
    pub answer_bytes: usize,
    /// Memory of a finished call that is wiped by hand and kept mapped, which is quicker than giving
    /// it back to the operating system as long as the guest is small.
    ///
    /// More does not help JavaScript and Python guests. Where the kernel tells which pages were written
    /// (Linux 6.7), wasmtime wipes those of the first 32 stretches and gives the rest back, whatever is
    /// set here: 60 page faults are left to a call in JavaScript and 270 in Python. Where it does not,
    /// wiping all of their 9 to 13 MiB takes longer than the faults that it saves.
    pub keep_resident_bytes: usize,

    /// State that a plugin may carry from step to step.
    pub state_bytes: usize,
    /// Rows, as JSON Lines, that one step may find.
    pub rows_bytes: usize,
    /// Batches of rows, identities and accounts that one step may find.
    pub found: usize,
    /// Body of one request that a plugin asks for.
    pub request_bytes: usize,
    /// The longest time for which a plugin may ask to be left alone; longer waits are cut.
    pub max_wait: Duration,

    /// One line of `diag.log`, and all lines of one call.
    pub log_line_bytes: usize,
    pub log_call_bytes: usize,

    /// `describe` runs once when a plugin is loaded, on cold caches.
    pub describe_deadline: Duration,
    /// `classify` reads at most 64 KiB.
    pub classify_deadline: Duration,
    /// `step` may decode megabytes of JSON or CSV.
    pub step_deadline: Duration,

    /// Fixtures that a component may carry, their size, and the time for all of them.
    pub fixtures: u32,
    pub fixtures_bytes: usize,
    pub fixtures_time: Duration,

    /// Calls that run at the same time, of all plugins together.
    pub workers: usize,
    /// Calls of one plugin that run at the same time, so that a slow plugin leaves room for others.
    pub plugin_workers: usize,
    /// Calls of one plugin that may wait; the next one is turned away.
    pub plugin_queue: usize,

    /// A version is withdrawn after so many faults within `fault_window`, if they are also at least
    /// one in ten of its calls: a few odd answers of a provider must not stop a busy plugin.
    pub faults_to_withdraw: u32,
    pub fault_window: Duration,
    /// So long a plugin is left alone after a fault: one that fails at once, over and over, would otherwise
    /// keep the machine as busy as one that never ends.
    pub rest_after_fault: Duration,
    /// So long no other component is tried after one that was handed over and refused, for the same reason.
    pub rest_after_refusal: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(2, NonZero::get);
        Self {
            component_bytes: 32 * MIB,
            memory_bytes: 64 * MIB,
            memories: 2,
            tables: 20,
            table_elements: 20_000,
            core_instances: 256,
            functions: 50_000,
            locals: 1_000_000,
            handles: 1_000,
            stack_bytes: 512 * KIB,
            answer_bytes: 20 * MIB,
            keep_resident_bytes: 512 * KIB,
            state_bytes: 64 * KIB,
            rows_bytes: 16 * MIB,
            found: 10_000,
            request_bytes: 8 * MIB,
            max_wait: Duration::from_hours(7 * 24),
            log_line_bytes: 8 * KIB,
            log_call_bytes: 64 * KIB,
            describe_deadline: Duration::from_secs(1),
            classify_deadline: Duration::from_millis(250),
            step_deadline: Duration::from_secs(2),
            fixtures: 500,
            fixtures_bytes: MIB,
            fixtures_time: Duration::from_secs(20),
            workers: cores,
            plugin_workers: cores.div_ceil(2),
            plugin_queue: 256,
            faults_to_withdraw: 5,
            fault_window: Duration::from_mins(10),
            rest_after_fault: Duration::from_millis(100),
            rest_after_refusal: Duration::from_millis(500),
        }
    }
}
