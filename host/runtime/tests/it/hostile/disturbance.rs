//! How much an honest plugin suffers from an attack.
//!
//! Windows without and with the attack follow each other in turn, so that whatever else the machine does
//! falls on both; what counts are all calls of all windows of a kind. How much of a change is chance is
//! found as statisticians do: by drawing as many rounds at random from those that were measured, again and
//! again (Efron, "Bootstrap methods", 1979).

use std::env;
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::attacks::Attack;
use super::field::{Field, Reaction, Ready};

/// So short that the machine is much the same in two of them.
const WINDOW: Duration = Duration::from_millis(250);

/// How often windows without and with the attack follow each other, if this names no other number.
const ROUNDS: &str = "RELINK_HOSTILE_ROUNDS";
const MANY: usize = 5;

/// How often rounds are drawn, and which of the changes that come out, of a hundred, bound what is likely.
const DRAWS: usize = 400;
const LIKELY: [usize; 2] = [5, 95];

/// What an attack, repeated again and again, did to the calls of somebody else.
pub(super) struct Disturbance {
    /// What was said about the attack at first, and how long it took in the middle and at the most.
    pub(super) reaction: Reaction,
    pub(super) at_most: Duration,
    pub(super) p50: Change,
    pub(super) p99: Change,
}

/// A figure without the attack, and by how much it changed with it: as measured, and between what it likely lies.
pub(super) struct Change {
    pub(super) alone: Duration,
    pub(super) percent: f64,
    pub(super) likely: [f64; 2],
}

/// What the calls took in one window without the attack and in the next with it.
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

/// Attacks until the window is over, and at least once, as often as the host lets anybody.
fn repeat(field: &Field, attack: &Ready<'_>) -> Vec<Reaction> {
    let began = Instant::now();
    let mut reactions = Vec::new();
    while reactions.is_empty() || began.elapsed() < WINDOW {
        reactions.push(field.suffer(attack));
        field.rest_after(attack);
    }
    reactions
}

impl Change {
    fn of(rounds: &[Round], percentile: usize) -> Self {
        let all: Vec<_> = rounds.iter().collect();
        let (alone, percent) = change(&all, percentile);
        let mut random = StdRng::seed_from_u64(0);
        let mut draw = || {
            let drawn: Vec<_> = all.iter().map(|_| *all.choose(&mut random).unwrap()).collect();
            change(&drawn, percentile).1
        };
        let mut drawn: Vec<_> = (0..DRAWS).map(|_| draw()).collect();
        drawn.sort_by(f64::total_cmp);
        Self { alone, percent, likely: LIKELY.map(|hundredth| drawn[DRAWS * hundredth / 100]) }
    }
}

/// A percentile of all calls without the attack, and by how many hundredths that of all calls with it is more.
fn change(rounds: &[&Round], percentile: usize) -> (Duration, f64) {
    let at = |side: fn(&Round) -> &Vec<Duration>| {
        let mut times: Vec<_> = rounds.iter().flat_map(|round| side(round)).copied().collect();
        let place = times.len() * percentile / 100;
        *times.select_nth_unstable(place).1
    };
    let (alone, meanwhile) = (at(|round| &round.alone), at(|round| &round.meanwhile));
    (alone, (meanwhile.as_secs_f64() / alone.as_secs_f64() - 1.0) * 100.0)
}

fn sorted(times: impl Iterator<Item = Duration>) -> Vec<Duration> {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    times
}
