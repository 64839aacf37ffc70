//! Threads of their own for plugins that had faults.
//!
//! A system lets a thread go on where it ran before. Short calls that share threads with such plugins are put behind
//! them three times as often, and wait up to 3 ms for their turn of the processor to end.

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

pub(crate) struct Suspects(Option<Runtime>);

impl Suspects {
    /// # Panics
    /// Where the system gives a process no files for it.
    pub(crate) fn new(threads: usize) -> Self {
        let runtime = Builder::new_current_thread().thread_name("suspect").max_blocking_threads(threads).build();
        Self(Some(runtime.expect("a process that starts may open files")))
    }

    pub(crate) fn spawn<T: Send + 'static>(&self, call: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
        self.0.as_ref().expect("the threads are there until the end").spawn_blocking(call)
    }
}

impl Drop for Suspects {
    fn drop(&mut self) {
        // Whoever drops it may be async, and must not wait.
        self.0.take().into_iter().for_each(Runtime::shutdown_background);
    }
}
