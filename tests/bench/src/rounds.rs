//! Rounds: everybody is measured in turn, again and again, so that whatever else the machine does
//! hits all of them alike.

use anyhow::{Context, Result};
use serde::Serialize;

/// A round counts only if the reference stayed this close to its median.
const STEADY: f64 = 0.30;

/// What one turn gave: figures by label.
pub(crate) type Sample = Vec<(&'static str, f64)>;

/// One way to do what is measured.
pub(crate) struct Contender<'a> {
    pub(crate) name: &'static str,
    pub(crate) measure: Box<dyn FnMut() -> Result<Sample> + 'a>,
}

impl<'a> Contender<'a> {
    pub(crate) fn new(name: &'static str, measure: impl FnMut() -> Result<Sample> + 'a) -> Self {
        Self { name, measure: Box::new(measure) }
    }
}

/// One figure of one contender over all rounds.
#[derive(Debug, Serialize)]
pub(crate) struct Series {
    pub(crate) contender: &'static str,
    pub(crate) label: &'static str,
    pub(crate) rounds: Vec<f64>,
}

/// The middle of several values, and how far they spread.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

/// Pairs of one series and its reference, from the rounds in which the reference was steady.
pub(crate) struct Steady(Vec<(f64, f64)>);

/// Gives everybody one turn that does not count, and then `rounds` turns that do.
pub(crate) fn interleave(rounds: usize, contenders: &mut [Contender<'_>]) -> Result<Vec<Series>> {
    let mut all: Vec<Series> = Vec::new();
    for round in 0..=rounds {
        for contender in &mut *contenders {
            let sample = (contender.measure)().with_context(|| format!("`{}`", contender.name))?;
            for (label, value) in sample.into_iter().filter(|_| round > 0) {
                let is_same = |series: &&mut Series| series.contender == contender.name && series.label == label;
                match all.iter_mut().find(is_same) {
                    Some(series) => series.rounds.push(value),
                    None => all.push(Series { contender: contender.name, label, rounds: vec![value] }),
                }
            }
        }
    }
    Ok(all)
}

impl Spread {
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median =
            if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) };
        Some(Self { median, min, max })
    }
}

impl Steady {
    pub(crate) fn of(ours: &Series, reference: &Series) -> Option<Self> {
        let usual = Spread::of(&reference.rounds)?.median;
        let pairs = ours.rounds.iter().copied().zip(reference.rounds.iter().copied());
        Some(Self(pairs.filter(|(_, reference)| (reference - usual).abs() <= STEADY * usual).collect()))
    }

    /// Combines each pair of ours and the reference.
    pub(crate) fn map(&self, combine: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        self.0.iter().map(|(ours, reference)| combine(*ours, *reference)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(rounds: &[f64]) -> Series {
        Series { contender: "x", label: "y", rounds: rounds.to_vec() }
    }

    #[test]
    fn a_spread_has_the_middle_value_or_the_middle_of_two() {
        assert_eq!(Spread::of(&[3.0, 1.0, 2.0]), Some(Spread { median: 2.0, min: 1.0, max: 3.0 }));
        assert_eq!(Spread::of(&[4.0, 1.0, 2.0, 3.0]), Some(Spread { median: 2.5, min: 1.0, max: 4.0 }));
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn rounds_in_which_the_reference_jumped_do_not_count() {
        let steady = Steady::of(&series(&[2.0, 3.0, 30.0]), &series(&[1.0, 1.0, 10.0])).unwrap();
        assert_eq!(steady.map(|ours, reference| ours / reference), [2.0, 3.0]);
    }

    #[test]
    fn turns_alternate_and_the_first_of_each_does_not_count() {
        let turns = std::cell::RefCell::new(Vec::new());
        let contender = |name: &'static str| {
            let turns = &turns;
            Contender::new(name, move || {
                turns.borrow_mut().push(name);
                Ok(vec![("count", turns.borrow().len() as f64)])
            })
        };
        let all = interleave(2, &mut [contender("a"), contender("b")]).unwrap();
        assert_eq!(*turns.borrow(), ["a", "b", "a", "b", "a", "b"]);
        assert_eq!(all[1].rounds, [4.0, 6.0]);
    }
}
