//! As much of the Google Ads Query Language as a reporting plugin uses: SELECT, FROM, WHERE with
//! comparisons, IN, BETWEEN and DURING, ORDER BY, LIMIT and PARAMETERS.

use std::cmp::Ordering;

use jiff::{ToSpan, civil::Date};
use serde_json::Value;

use super::errors::AdsError;
use crate::clock::today;

#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) fields: Vec<String>,
    pub(super) resource: String,
    pub(super) conditions: Vec<Condition>,
    pub(super) order: Vec<(String, bool)>,
    pub(super) limit: Option<usize>,
}

/// A field, and the test that its value must pass.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) field: String,
    test: Test,
}

#[derive(Debug)]
enum Test {
    /// Compared as numbers if both sides are numbers, else as text.
    Compare(fn(Ordering) -> bool, String),
    In(Vec<String>),
    NotIn(Vec<String>),
    Between(String, String),
}

impl Condition {
    pub(super) fn holds(&self, value: &Value) -> bool {
        let value = text(value);
        match &self.test {
            Test::Compare(accepts, other) => accepts(compare(&value, other)),
            Test::In(list) => list.contains(&value),
            Test::NotIn(list) => !list.contains(&value),
            Test::Between(low, high) => compare(&value, low).is_ge() && compare(&value, high).is_le(),
        }
    }
}

/// Orders two values of a row as GAQL does.
pub(super) fn compare_values(left: &Value, right: &Value) -> Ordering {
    compare(&text(left), &text(right))
}

pub(super) fn parse(query: &str) -> Result<Query, AdsError> {
    let mut words = Words::split(query);
    let mut parsed = Query::default();
    words.expect("SELECT")?;
    parsed.fields = words.list()?;
    words.expect("FROM")?;
    parsed.resource = words.next()?;
    if words.take("WHERE") {
        parsed.conditions.push(condition(&mut words)?);
        while words.take("AND") {
            parsed.conditions.push(condition(&mut words)?);
        }
    }
    if words.take("ORDER") {
        words.expect("BY")?;
        loop {
            let field = words.next()?;
            let descending = words.take("DESC");
            words.take("ASC");
            parsed.order.push((field, descending));
            if !words.take(",") {
                break;
            }
        }
    }
    if words.take("LIMIT") {
        parsed.limit = Some(words.next()?.parse().map_err(|_| syntax("LIMIT must be a number"))?);
    }
    if words.take("PARAMETERS") {
        words.clear();
    }
    match words.peek() {
        None => Ok(parsed),
        Some(word) => Err(syntax(&format!("unexpected input {word}"))),
    }
}

fn condition(words: &mut Words) -> Result<Condition, AdsError> {
    let field = words.next()?;
    let operator = words.next()?.to_uppercase();
    let test = match operator.as_str() {
        "=" => Test::Compare(Ordering::is_eq, words.next()?),
        "!=" => Test::Compare(Ordering::is_ne, words.next()?),
        "<" => Test::Compare(Ordering::is_lt, words.next()?),
        "<=" => Test::Compare(Ordering::is_le, words.next()?),
        ">" => Test::Compare(Ordering::is_gt, words.next()?),
        ">=" => Test::Compare(Ordering::is_ge, words.next()?),
        "IN" => Test::In(words.parenthesized()?),
        "NOT" => {
            words.expect("IN")?;
            Test::NotIn(words.parenthesized()?)
        }
        "BETWEEN" => {
            let low = words.next()?;
            words.expect("AND")?;
            Test::Between(low, words.next()?)
        }
        "DURING" => {
            let (since, until) = during(&words.next()?.to_uppercase())?;
            Test::Between(since.to_string(), until.to_string())
        }
        other => return Err(syntax(&format!("unexpected operator {other}"))),
    };
    Ok(Condition { field, test })
}

fn during(range: &str) -> Result<(Date, Date), AdsError> {
    let today = today();
    let yesterday = today.saturating_sub(1.day());
    let last = |days: i64| (today.saturating_sub(days.days()), yesterday);
    match range {
        "TODAY" => Ok((today, today)),
        "YESTERDAY" => Ok((yesterday, yesterday)),
        "LAST_7_DAYS" => Ok(last(7)),
        "LAST_14_DAYS" => Ok(last(14)),
        "LAST_30_DAYS" => Ok(last(30)),
        "THIS_MONTH" => Ok((today.first_of_month(), today)),
        "LAST_MONTH" => {
            let end = today.first_of_month().saturating_sub(1.day());
            Ok((end.first_of_month(), end))
        }
        other => Err(AdsError::query(
            "INVALID_VALUE_WITH_DURING_OPERATOR",
            format!("Invalid date literal supplied for DURING operator: {other}."),
        )),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn compare(left: &str, right: &str) -> Ordering {
    match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(left), Ok(right)) => left.total_cmp(&right),
        // Booleans are written in both cases.
        _ if left.eq_ignore_ascii_case(right) => Ordering::Equal,
        _ => left.cmp(right),
    }
}

fn syntax(problem: &str) -> AdsError {
    AdsError::query("UNEXPECTED_INPUT", format!("Error in query: {problem}."))
}

/// The words of a query that are still to be read; quotes are gone.
struct Words(Vec<String>);

impl Words {
    fn split(query: &str) -> Self {
        let mut words = Vec::new();
        let mut letters = query.chars().peekable();
        while let Some(letter) = letters.next() {
            let mut word = String::from(letter);
            match letter {
                space if space.is_whitespace() => continue,
                quote @ ('\'' | '"') => {
                    word = letters.by_ref().take_while(|next| *next != quote).collect();
                }
                ',' | '(' | ')' => {}
                '=' | '!' | '<' | '>' => {
                    word.extend(letters.next_if(|next| *next == '='));
                }
                _ => {
                    let is_part = |next: &char| next.is_alphanumeric() || "._-/*".contains(*next);
                    while let Some(next) = letters.next_if(is_part) {
                        word.push(next);
                    }
                }
            }
            words.push(word);
        }
        words.reverse();
        Self(words)
    }

    fn peek(&self) -> Option<&str> {
        self.0.last().map(String::as_str)
    }

    fn next(&mut self) -> Result<String, AdsError> {
        self.0.pop().ok_or_else(|| syntax("unexpected end"))
    }

    fn take(&mut self, keyword: &str) -> bool {
        let found = self.peek().is_some_and(|word| word.eq_ignore_ascii_case(keyword));
        if found {
            self.0.pop();
        }
        found
    }

    fn expect(&mut self, keyword: &str) -> Result<(), AdsError> {
        if self.take(keyword) { Ok(()) } else { Err(syntax(&format!("expected {keyword}"))) }
    }

    fn list(&mut self) -> Result<Vec<String>, AdsError> {
        let mut items = vec![self.next()?];
        while self.take(",") {
            items.push(self.next()?);
        }
        Ok(items)
    }

    fn parenthesized(&mut self) -> Result<Vec<String>, AdsError> {
        self.expect("(")?;
        let items = self.list()?;
        self.expect(")")?;
        Ok(items)
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_report_query_is_understood() {
        let query = parse(
            "SELECT campaign.id, metrics.clicks FROM campaign WHERE segments.date BETWEEN \
             '2026-01-01' AND '2026-01-31' AND campaign.status IN ('ENABLED', 'PAUSED') \
             ORDER BY metrics.clicks DESC LIMIT 7 PARAMETERS include_drafts=true",
        )
        .unwrap_or_else(|error| panic!("{}", error.message));
        assert_eq!(query.fields, ["campaign.id", "metrics.clicks"]);
        assert_eq!(query.resource, "campaign");
        assert!(query.conditions[0].holds(&json!("2026-01-15")));
        assert!(!query.conditions[0].holds(&json!("2026-02-01")));
        assert!(query.conditions[1].holds(&json!("PAUSED")));
        assert_eq!(query.order, [("metrics.clicks".to_owned(), true)]);
        assert_eq!(query.limit, Some(7));
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let query = parse("SELECT a FROM b WHERE c > 9").unwrap_or_else(|error| panic!("{}", error.message));
        assert!(query.conditions[0].holds(&json!("10")));
    }

    #[test]
    fn a_query_that_ends_early_is_refused() {
        assert!(parse("SELECT a FROM").is_err());
        assert!(parse("SELECT a FROM b WHERE").is_err());
    }
}
