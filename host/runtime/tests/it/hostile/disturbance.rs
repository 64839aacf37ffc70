//! How much an honest plugin suffers from an attack.
//!
//! Windows without and with the attack follow each other in turn, so that whatever else the machine does
//! falls on both; what counts is the median of the changes from one window to the next.

use std::env;
use std::time::{Duration, Instant};

use super::attacks::Attack;
use super::field::{Field, Reaction, Ready};

/// At some 1 500 calls a second, fifteen are slower than the 99th percentile of a window.
const WINDOW: Duration = Duration::from_secs(1);

/// How often windows without and with the attack follow each other, if this names no other number.
const ROUNDS: &str = "RELINK_HOSTILE_ROUNDS";
const MANY: usize = 5;

/// What an attack, repeated again and again, did to the calls of somebody else.
pub(super) struct Disturbance {
    /// What was said about the attack at first, and how long it took in the middle and at the most.
    pub(super) reaction: Reaction,
    pub(super) at_most: Duration,
    pub(super) p50: Change,
    pub(super) p99: Change,
}

/// A figure without the attack, and by how much it changed with it: least, median and most of all rounds.
pub(super) struct Change {
    pub(super) alone: Duration,
    pub(super) percent: [f64; 3],
}

/// One window without the attack and the next with it.
struct Round {
    alone: Vec<Duration>,
    meanwhile: Vec<Duration>,
}

pub(super) fn measure(field: &Field, attack: &Attack) -> Disturbance {
    let ready = field.prepare(attack);
    let mut reactions = Vec::new();
    let rounds: Vec<_> = (0..env::var(ROUNDS).map_or(MANY, |rounds| rounds.parse().unwrap()))
        .map(|_| {
            let ((), alone) = field.neighbour_while(|| field.rest(WINDOW));
            let (suffered, meanwhile) = field.neighbour_while(|| repeat(field, &ready));
            reactions.extend(suffered);
            Round { alone, meanwhile }
        })
        .collect();
    let said = reactions[0].said.clone();
    let took = sorted(reactions.iter().map(|reaction| reaction.after));
    let reaction = Reaction { said, after: took[took.len() / 2] };
    let change = |percentile| Change::of(&rounds, percentile);
    Disturbance { reaction, at_most: took[took.len() - 1], p50: change(50), p99: change(99) }
}

/// Attacks until the window is over, and at least once.
fn repeat(field: &Field, attack: &Ready<'_>) -> Vec<Reaction> {
    let began = Instant::now();
    let mut reactions = vec![field.suffer(attack)];
    while began.elapsed() < WINDOW {
        reactions.push(field.suffer(attack));
    }
    reactions
}

impl Change {
    fn of(rounds: &[Round], percentile: usize) -> Self {
        let at = |times: &[Duration]| times[times.len() * percentile / 100];
        let alone = sorted(rounds.iter().map(|round| at(&round.alone)));
        let percent = |round: &Round| {
            let ratio = at(&round.meanwhile).as_secs_f64() / at(&round.alone).as_secs_f64();
            (ratio - 1.0) * 100.0
        };
        let mut changes: Vec<_> = rounds.iter().map(percent).collect();
        changes.sort_by(f64::total_cmp);
        let (middle, last) = (rounds.len() / 2, rounds.len() - 1);
        Self { alone: alone[middle], percent: [changes[0], changes[middle], changes[last]] }
    }
}

fn sorted(times: impl Iterator<Item = Duration>) -> Vec<Duration> {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    times
}
