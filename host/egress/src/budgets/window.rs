//! Calls within a sliding window of time.
//!
//! A token bucket would let twice the allowance through in one window. This counts in slots and
//! keeps one slot more than the window has, so no window of the declared length, wherever it
//! begins, ever holds more calls than declared; the price is that a call counts up to a sixteenth
//! longer.

use relink_core::plugin::Budget;

const SLOTS: u64 = 16;
const KEPT: usize = SLOTS as usize + 1;

#[derive(Default)]
pub(super) struct Window {
    calls: u64,
    slot_ms: u64,
    /// Number of the newest slot, counted from the start of time.
    newest: u64,
    /// Calls by slot number modulo the number of slots kept.
    counts: [u32; KEPT],
    allowance: Option<Allowance>,
}

/// What the provider says is left.
#[derive(Clone, Copy)]
struct Allowance {
    calls: u64,
    until_ms: u64,
}

impl Window {
    /// Takes over what the descriptor says; a plugin may have been replaced by a newer version.
    pub(super) fn adapt(&mut self, budget: &Budget) {
        let slot_ms = budget.per_ms.div_ceil(SLOTS).max(1);
        if self.slot_ms != slot_ms {
            *self = Self { slot_ms, allowance: self.allowance, ..Self::default() };
        }
        self.calls = budget.calls.into();
    }

    /// How long until there is room for a call; zero if there is now.
    pub(super) fn wait_ms(&mut self, now_ms: u64) -> u64 {
        self.advance(now_ms);
        self.wait_for_window(now_ms).max(self.wait_for_allowance(now_ms))
    }

    pub(super) fn take(&mut self, now_ms: u64) {
        self.advance(now_ms);
        self.counts[index(self.newest)] += 1;
        if let Some(allowance) = &mut self.allowance {
            allowance.calls = allowance.calls.saturating_sub(1);
        }
    }

    pub(super) fn allow_only(&mut self, calls: u64, until_ms: u64) {
        self.allowance = Some(Allowance { calls, until_ms });
    }

    pub(super) fn is_idle(&self, now_ms: u64) -> bool {
        let counts_nothing = now_ms / self.slot_ms > self.newest + SLOTS;
        counts_nothing && self.allowance.is_none_or(|allowance| allowance.until_ms <= now_ms)
    }

    fn wait_for_window(&self, now_ms: u64) -> u64 {
        let mut counted: u64 = self.counts.iter().map(|count| u64::from(*count)).sum();
        if counted < self.calls {
            return 0;
        }
        for slot in self.newest.saturating_sub(SLOTS)..=self.newest {
            counted -= u64::from(self.counts[index(slot)]);
            if counted < self.calls {
                return (slot + SLOTS + 1) * self.slot_ms - now_ms;
            }
        }
        SLOTS * self.slot_ms
    }

    fn wait_for_allowance(&self, now_ms: u64) -> u64 {
        let spent = self.allowance.filter(|allowance| allowance.calls == 0);
        spent.map_or(0, |allowance| allowance.until_ms.saturating_sub(now_ms))
    }

    fn advance(&mut self, now_ms: u64) {
        let current = now_ms / self.slot_ms;
        for slot in (self.newest + 1..=current).take(KEPT) {
            self.counts[index(slot)] = 0;
        }
        if current > self.newest + KEPT as u64 {
            self.counts = [0; KEPT];
        }
        self.newest = self.newest.max(current);
        self.allowance = self.allowance.filter(|allowance| allowance.until_ms > now_ms);
    }
}

fn index(slot: u64) -> usize {
    (slot % KEPT as u64) as usize
}
