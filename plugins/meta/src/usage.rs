//! What Meta says about its limits, in headers whose values are JSON.
//!
//! See <https://developers.facebook.com/docs/graph-api/overview/rate-limiting#headers>.

use relink_sdk::{Failure, Response, Throttle};
use serde_json::Value;

pub(crate) const BUDGET: &str = "ad-account-calls";
/// The lowest limit that Meta sets, that of an app in development, for one ad account.
pub(crate) const CALLS_PER_HOUR: u32 = 600;
pub(crate) const HOUR_MS: u64 = 3_600_000;

const BUSINESS_USE_CASE: &str = "x-business-use-case-usage";
const AD_ACCOUNT: &str = "x-ad-account-usage";
/// From this share on, calls are spread over the rest of the hour.
const SLOW_DOWN_PERCENT: u64 = 75;

/// How long the ad account or the business is to be left alone; none if Meta does not say.
pub(crate) fn wait_ms(failure: &Failure) -> Option<u64> {
    const MINUTE_MS: u64 = 60_000;
    const SECOND_MS: u64 = 1_000;
    let of_businesses = failure.header(BUSINESS_USE_CASE).and_then(document).and_then(|usage| {
        use_cases(&usage).filter_map(|entry| entry["estimated_time_to_regain_access"].as_u64()).max()
    });
    let of_account = failure
        .header(AD_ACCOUNT)
        .and_then(document)
        .filter(|usage| usage["acc_id_util_pct"].as_f64().is_some_and(|percent| percent >= 100.0))
        .and_then(|usage| usage["reset_time_duration"].as_u64());
    let waits = [(of_businesses, MINUTE_MS), (of_account, SECOND_MS)];
    waits.into_iter().filter_map(|(wait, unit)| Some(wait?.saturating_mul(unit))).max().filter(|wait| *wait > 0)
}

/// Close to the limit, only its unused share is left for the coming hour. A limit that is reached
/// comes as an error, which tells the wait better.
pub(crate) fn throttle(answer: &Response) -> Option<Throttle> {
    let usage = document(answer.header(BUSINESS_USE_CASE)?)?;
    let percent = use_cases(&usage).filter_map(highest_percent).max()?;
    let remaining =
        (SLOW_DOWN_PERCENT..100).contains(&percent).then(|| u64::from(CALLS_PER_HOUR) * (100 - percent) / 100)?;
    Some(Throttle { budget: BUDGET.to_owned(), remaining: Some(remaining), resets_at: None })
}

/// The header holds a list of use cases for each business.
fn use_cases(usage: &Value) -> impl Iterator<Item = &Value> {
    usage.as_object().into_iter().flat_map(|businesses| businesses.values()).filter_map(Value::as_array).flatten()
}

fn highest_percent(entry: &Value) -> Option<u64> {
    ["call_count", "total_cputime", "total_time"].iter().filter_map(|name| entry[*name].as_u64()).max()
}

fn document(header: &str) -> Option<Value> {
    serde_json::from_str(header).ok()
}

#[cfg(test)]
mod tests {
    use relink_sdk::Phase;

    use super::*;

    fn check_wait(name: &str, value: &str, expected_ms: Option<u64>) {
        let failure = Failure::new(Phase::Sync).answered(400, &[(name, value)], "");
        assert_eq!(wait_ms(&failure), expected_ms, "{name}: {value}");
    }

    fn check_remaining(percent: u64, expected: Option<u64>) {
        let usage = format!(r#"{{"1":[{{"type":"ads_insights","call_count":3,"total_time":{percent}}}]}}"#);
        let headers = vec![relink_sdk::Field { name: BUSINESS_USE_CASE.to_owned(), value: usage }];
        let answer = Response { status: 200, headers, body: Vec::new(), more: false };
        assert_eq!(throttle(&answer).and_then(|throttle| throttle.remaining), expected, "{percent} %");
    }

    #[test]
    fn the_longest_wait_counts_in_its_own_unit() {
        let two = r#"{"1":[{"estimated_time_to_regain_access":0},{"estimated_time_to_regain_access":19}]}"#;
        check_wait(BUSINESS_USE_CASE, two, Some(1_140_000));
        check_wait(AD_ACCOUNT, r#"{"acc_id_util_pct":100.0,"reset_time_duration":120}"#, Some(120_000));
    }

    #[test]
    fn a_limit_that_is_not_reached_and_nonsense_are_no_wait() {
        check_wait(AD_ACCOUNT, r#"{"acc_id_util_pct":9.67,"reset_time_duration":120}"#, None);
        check_wait(BUSINESS_USE_CASE, r#"{"1":[{"estimated_time_to_regain_access":0}]}"#, None);
        check_wait(BUSINESS_USE_CASE, r#"[{"estimated_time_to_regain_access":19}]"#, None);
        check_wait(BUSINESS_USE_CASE, "19", None);
    }

    #[test]
    fn only_a_limit_that_is_near_slows_down() {
        check_remaining(74, None);
        check_remaining(75, Some(150));
        check_remaining(99, Some(6));
        check_remaining(100, None);
    }
}
