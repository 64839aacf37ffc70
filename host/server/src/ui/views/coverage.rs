//! The strip of days: which are here, which are missing, which are on their way.

use std::fmt;

use askama::filters::HtmlSafe;

/// The ledger of the last days of one data source, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Coverage {
    pub(crate) days: Vec<DayState>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayState {
    Here,
    Missing,
    /// Missing, and being fetched now.
    Refilling,
    /// The provider no longer offers it.
    Lost,
    /// Before the data source was connected, or of a data set without days.
    Outside,
}

impl Coverage {
    pub(crate) fn count(&self, state: DayState) -> usize {
        self.days.iter().filter(|day| **day == state).count()
    }

    /// Says in words what the strip shows.
    pub(crate) fn sentence(&self, provider: &str) -> String {
        let parts: Vec<String> =
            [(DayState::Here, "complete"), (DayState::Refilling, "refilling"), (DayState::Missing, "missing")]
                .into_iter()
                .map(|(state, word)| (self.count(state), word))
                .filter(|(count, _)| *count > 0)
                .map(|(count, word)| format!("{count} {word}"))
                .collect();
        if parts.is_empty() {
            return "No days have been fetched yet.".to_owned();
        }
        let lost = match self.count(DayState::Lost) {
            0 => String::new(),
            1 => format!(" 1 day is no longer offered by {provider}."),
            lost => format!(" {lost} days are no longer offered by {provider}."),
        };
        format!("Last {} days: {}.{lost}", self.days.len(), parts.join(", "))
    }

    pub(crate) fn has_lost_days(&self) -> bool {
        self.count(DayState::Lost) > 0
    }
}

/// Prints the marks only: the words beside it say the same.
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for day in &self.days {
            f.write_str(match day {
                DayState::Here => "<i></i>",
                DayState::Missing => r#"<i class="gap"></i>"#,
                DayState::Refilling => r#"<i class="fill"></i>"#,
                DayState::Lost => r#"<i class="lost"></i>"#,
                DayState::Outside => r#"<i class="none"></i>"#,
            })?;
        }
        Ok(())
    }
}

impl HtmlSafe for Coverage {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strip_has_words_for_all_that_it_shows() {
        use DayState::{Here, Lost, Missing, Outside, Refilling};
        let coverage = Coverage { days: vec![Outside, Here, Here, Lost, Refilling, Missing, Missing] };
        assert_eq!(
            coverage.sentence("Google Ads"),
            "Last 7 days: 2 complete, 1 refilling, 2 missing. 1 day is no longer offered by Google Ads."
        );
        assert_eq!(Coverage::default().sentence("X"), "No days have been fetched yet.");
    }
}
