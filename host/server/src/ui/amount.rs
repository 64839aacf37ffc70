//! Amounts as a person reads them: numbers, times, sizes.

use std::time::Duration;

/// A number with commas between its thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time with two or three digits, in the unit that suits it.
pub(crate) fn time(time: Duration) -> String {
    let micros = time.as_micros() as f64;
    match micros {
        ..1_000.0 => format!("{micros} µs"),
        ..1_000_000.0 => format!("{} ms", short(micros / 1_000.0)),
        _ => format!("{} s", short(micros / 1_000_000.0)),
    }
}

/// A size in the unit that suits it.
pub(crate) fn size(bytes: usize) -> String {
    let bytes = bytes as f64;
    match bytes {
        ..1_024.0 => format!("{bytes} bytes"),
        ..1_048_576.0 => format!("{} KiB", short(bytes / 1_024.0)),
        _ => format!("{} MiB", short(bytes / 1_048_576.0)),
    }
}

/// One digit after the point while that says something.
fn short(number: f64) -> String {
    if number < 10.0 { format!("{number:.1}") } else { format!("{number:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let cases = [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")];
        for (number, expected) in cases {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn times_and_sizes_have_the_unit_that_suits_them() {
        let cases = [(12, "12 µs"), (999, "999 µs"), (1_240, "1.2 ms"), (45_600, "46 ms"), (2_000_000, "2.0 s")];
        for (micros, expected) in cases {
            assert_eq!(time(Duration::from_micros(micros)), expected);
        }
        let cases = [(0, "0 bytes"), (65_536, "64 KiB"), (1_572_864, "1.5 MiB"), (18_874_368, "18 MiB")];
        for (bytes, expected) in cases {
            assert_eq!(size(bytes), expected);
        }
    }
}
