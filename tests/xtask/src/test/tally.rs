//! Reads from a test runner's output how many tests passed and failed.

use std::ops::Add;

/// Tests that a runner counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

/// Understands the closing lines of nextest, of Rust's own harness, of `node --test` and of unittest.
pub(crate) fn read(line: &str) -> Option<Tally> {
    let line = without_colours(line);
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["Summary", ..] if line.contains(" run: ") => Some(Tally {
            passed: number_before(&words, "passed"),
            failed: number_before(&words, "failed") + number_before(&words, "timed"),
        }),
        // nextest shows the output of a test that failed, which is counted already, further to the right.
        ["test", "result:", ..] if line.starts_with("test") => {
            Some(Tally { passed: number_before(&words, "passed"), failed: number_before(&words, "failed") })
        }
        ["Ran", count, "test" | "tests", "in", _] | ["#" | "ℹ", "pass", count] => {
            Some(Tally { passed: count.parse().ok()?, failed: 0 })
        }
        ["#" | "ℹ", "fail", count] => Some(Tally { passed: 0, failed: count.parse().ok()? }),
        _ => None,
    }
}

fn number_before(words: &[&str], label: &str) -> u32 {
    let position = words.iter().position(|word| word.trim_end_matches([',', ';']) == label);
    let number = position.and_then(|position| words.get(position.checked_sub(1)?));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Removes the escape sequences with which a terminal is told to change colour.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    for (index, part) in line.split("\u{1b}[").enumerate() {
        let text = if index == 0 { part } else { part.split_once('m').map_or("", |(_, text)| text) };
        plain.push_str(text);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<(u32, u32)>) {
        let expected = expected.map(|(passed, failed)| Tally { passed, failed });
        assert_eq!(read(line), expected, "{line}");
    }

    #[test]
    fn what_a_failed_test_printed_is_not_counted_twice() {
        check("    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 2 filtered out", None);
    }

    #[test]
    fn summary_of_nextest_is_read() {
        check("     Summary [   0.005s] 3 tests run: 3 passed, 0 skipped", Some((3, 0)));
        check("     Summary [   1.2s] 1 test run: 0 passed, 1 failed, 4 skipped", Some((0, 1)));
        check("Summary [  9s] 9 tests run: 5 passed (1 slow), 2 failed, 2 timed out, 0 skipped", Some((5, 4)));
        check(
            "\u{1b}[32;1m     Summary\u{1b}[0m [   0.1s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped",
            Some((2, 0)),
        );
    }

    #[test]
    fn summary_of_the_standard_harness_is_read() {
        check("test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out", Some((7, 2)));
    }

    #[test]
    fn summary_of_unittest_is_read() {
        check("Ran 87 tests in 4.013s", Some((87, 0)));
    }

    #[test]
    fn summary_of_node_is_read() {
        check("# pass 12", Some((12, 0)));
        check("ℹ fail 1", Some((0, 1)));
    }

    #[test]
    fn other_lines_count_nothing() {
        check("        PASS [   0.004s] relink-core reason::tests::passed", None);
        check("test result is printed", None);
        check("# tests 12", None);
        check("", None);
    }
}
