//! The last gate: what a plugin's author showed of it has to hold here as well.
//!
//! A component may carry its fixtures. They are replayed in the sandbox of this host before it takes
//! service, so a plugin that works elsewhere and not here is found out by its file and not by a customer.
//! Whoever made the component also made the fixtures: they prove that it works, not that it is honest.

pub mod convert;
mod sandboxed;

use std::time::{Duration, Instant};

use relink_fixtures::{Case, Subject, contract};

pub use sandboxed::Sandboxed;

use crate::limits::Limits;
use crate::plugin::Plugin;
use crate::refusal::{Gate, Refusal};
use crate::text;

/// Differences that a refusal shows: the first mostly explains the others.
const SHOWN: usize = 3;

/// Whether a component has to keep what its fixtures promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// Before it takes service.
    Fixtures,
    /// Not here: for an author's commands, which show what does not hold and let it be tried.
    Spared,
}

/// Replays the fixtures that `section` holds.
pub(crate) fn check(plugin: &Plugin, section: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let cases = read(section, limits)?;
    let mut subject = Hurried { subject: Sandboxed::new(plugin), end: Instant::now() + limits.fixtures_time };
    cases.iter().try_for_each(|case| {
        let differences = relink_fixtures::run(&mut subject, &case.fixture);
        if differences.is_empty() { Ok(()) } else { Err(broken(case, &differences)) }
    })
}

fn read(section: &[u8], limits: &Limits) -> Result<Vec<Case>, Refusal> {
    let refuse = |found: String| {
        Refusal::new(
            Gate::Fixtures,
            found,
            format!(
                "at most {} fixtures in {} bytes, as `relink plugin build` puts them in",
                limits.fixtures, limits.fixtures_bytes
            ),
            "build the plugin again with a current `relink`; or keep those fixtures that show something of their own",
        )
    };
    if section.len() > limits.fixtures_bytes {
        return Err(refuse(format!("its fixtures have {} bytes", section.len())));
    }
    let cases = relink_fixtures::unpack(section)
        .map_err(|error| refuse(format!("its fixtures cannot be read: {}", text::line(&error.to_string(), 300))))?;
    if cases.len() > limits.fixtures as usize {
        return Err(refuse(format!("it has {} fixtures", cases.len())));
    }
    Ok(cases)
}

fn broken(case: &Case, differences: &[String]) -> Refusal {
    let (file, about) = (case.path.display().to_string(), &case.fixture.about);
    let shown: Vec<_> = differences.iter().take(SHOWN).map(|difference| text::line(difference, 300)).collect();
    let more = match differences.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    Refusal::new(
        Gate::Fixtures,
        format!(
            "its own fixture {:?} ({}:{}) does not hold: {}{more}",
            text::line(about, 200),
            text::line(&file, 100),
            case.line,
            shown.join("; ")
        ),
        "a plugin that does here what its author recorded",
        "run `relink plugin test` on its project, mend the plugin or the fixture, and build again",
    )
}

/// A subject that is asked nothing more when its time is up.
struct Hurried<S> {
    subject: S,
    end: Instant,
}

impl<S: Subject> Hurried<S> {
    fn check_time(&self) -> Result<(), String> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left == Duration::ZERO { Err("the time for all fixtures together is up".to_owned()) } else { Ok(()) }
    }
}

impl<S: Subject> Subject for Hurried<S> {
    fn describe(&self) -> contract::Descriptor {
        self.subject.describe()
    }

    fn classify(&mut self, failure: contract::Failure) -> Result<contract::Diagnosis, String> {
        self.check_time()?;
        self.subject.classify(failure)
    }

    fn step(
        &mut self,
        context: &contract::Context,
        state: &[u8],
        event: contract::Event,
    ) -> Result<contract::Step, String> {
        self.check_time()?;
        self.subject.step(context, state, event)
    }

    fn receive(&mut self, message: contract::Message) -> Result<Vec<contract::Signal>, String> {
        self.check_time()?;
        self.subject.receive(message)
    }
}
