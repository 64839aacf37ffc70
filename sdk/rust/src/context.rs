//! Reading what the host says about a call: settings, account, days.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::Value;

use crate::{Context, Slice, Window};

impl Context {
    /// A text among the connection's settings.
    ///
    /// ```
    /// # use relink_sdk::Context;
    /// # let context = Context { now: 0, seed: vec![], config: r#"{"region":"eu"}"#.into(),
    /// #     auth_method: "oauth".into(), account: None };
    /// assert_eq!(context.setting("region").as_deref(), Some("eu"));
    /// ```
    pub fn setting(&self, name: &str) -> Option<String> {
        let settings: Value = serde_json::from_str(&self.config).ok()?;
        crate::answer::scalar(settings.get(name)?)
    }

    /// The account of the connection, or an empty text if it has none.
    ///
    /// ```
    /// # use relink_sdk::Context;
    /// # let context = Context { now: 0, seed: vec![], config: "{}".into(),
    /// #     auth_method: "oauth".into(), account: Some("act_1".into()) };
    /// assert_eq!(context.account(), "act_1");
    /// ```
    pub fn account(&self) -> &str {
        self.account.as_deref().unwrap_or_default()
    }

    /// The day it is in UTC.
    ///
    /// ```
    /// # use relink_sdk::Context;
    /// # let context = Context { now: 1_700_000_000_000, seed: vec![], config: "{}".into(),
    /// #     auth_method: "oauth".into(), account: None };
    /// assert_eq!(context.today(), "2023-11-14");
    /// ```
    pub fn today(&self) -> String {
        let now = i64::try_from(self.now).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        now.unwrap_or_default().to_zoned(TimeZone::UTC).date().to_string()
    }
}

impl Slice {
    /// The first and the last day to fetch; for a dataset without days both are empty.
    ///
    /// ```
    /// # use relink_sdk::{Slice, Window};
    /// let window = Window { since: "2024-05-01".into(), until: "2024-05-07".into() };
    /// let slice = Slice { dataset: "clicks".into(), window: Some(window) };
    /// assert_eq!(slice.days(), ("2024-05-01", "2024-05-07"));
    /// ```
    pub fn days(&self) -> (&str, &str) {
        self.window.as_ref().map_or(("", ""), |window| (&window.since, &window.until))
    }
}

impl Window {
    /// Every day of the window, in order; none if a border is no day.
    ///
    /// ```
    /// # use relink_sdk::Window;
    /// let window = Window { since: "2024-02-28".into(), until: "2024-03-01".into() };
    /// assert_eq!(window.each_day(), ["2024-02-28", "2024-02-29", "2024-03-01"]);
    /// ```
    pub fn each_day(&self) -> Vec<String> {
        let (Ok(since), Ok(until)) = (self.since.parse::<Date>(), self.until.parse::<Date>()) else {
            return Vec::new();
        };
        since.series(1.day()).take_while(|day| *day <= until).map(|day| day.to_string()).collect()
    }
}

/// The day after (or, negative, before) a day; none if it is no day.
///
/// Providers whose last day is excluded need the day after the window.
///
/// ```
/// assert_eq!(relink_sdk::day_plus("2024-12-31", 1).as_deref(), Some("2025-01-01"));
/// assert_eq!(relink_sdk::day_plus("yesterday", 1), None);
/// ```
pub fn day_plus(day: &str, days: i32) -> Option<String> {
    let day: Date = day.parse().ok()?;
    day.checked_add(days.days()).ok().map(|date| date.to_string())
}
