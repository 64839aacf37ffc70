//! Slows down guessing: each account, each address and each pair of both has its own allowance.
//!
//! The pair is the tightest, so that a stranger who guesses cannot lock the owner out elsewhere.
//! Messages of providers, of which each costs a proof, have an allowance of their own.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use relink_core::time::Timestamp;

/// Allowances that are remembered; beyond, the full ones are forgotten first.
const REMEMBERED: usize = 10_000;

/// An account is remembered as a number: what somebody types as their e-mail address may be long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Account(u64),
    Address(IpAddr),
    Pair(u64, IpAddr),
    Messages(IpAddr),
}

impl Key {
    /// How many tries there are at once, and how long one takes to come back.
    const fn allowance(&self) -> (u32, i64) {
        match self {
            Self::Account(_) => (100, 30_000),
            Self::Address(_) => (60, 5_000),
            Self::Pair(..) => (10, 30_000),
            // A provider tells of a thousand people at once when it ends an app's permission.
            Self::Messages(_) => (1_000, 50),
        }
    }
}

/// How many tries are used up, as of a moment.
struct Used {
    tries: u32,
    as_of: Timestamp,
}

#[derive(Default)]
pub(crate) struct Limiter {
    used: Mutex<HashMap<Key, Used>>,
    /// Makes the numbers of accounts, with a key that nobody knows.
    numbers: RandomState,
}

impl Limiter {
    /// Takes one try, or says in how many milliseconds there is one again.
    pub(crate) fn try_now(&self, account: &str, address: IpAddr, now: Timestamp) -> Result<(), i64> {
        let (account, network) = (self.numbers.hash_one(account), network_of(address));
        self.take([Key::Pair(account, network), Key::Address(network), Key::Account(account)], now)
    }

    /// As [`Limiter::try_now`], for a message that comes from `address`.
    pub(crate) fn try_message(&self, address: IpAddr, now: Timestamp) -> Result<(), i64> {
        self.take([Key::Messages(network_of(address))], now)
    }

    fn take<const N: usize>(&self, keys: [Key; N], now: Timestamp) -> Result<(), i64> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = keys.iter().filter_map(|key| wait_ms(key, used.get(key), now)).max();
        if let Some(ms) = wait {
            return Err(ms);
        }
        if used.len() + keys.len() > REMEMBERED {
            used.retain(|key, state| current(key, state, now) > 0);
        }
        for key in keys {
            let tries = used.get(&key).map_or(0, |state| current(&key, state, now));
            used.insert(key, Used { tries: tries + 1, as_of: now });
        }
        Ok(())
    }

    /// Somebody who knows the password has made no guess.
    pub(crate) fn forgive(&self, account: &str, address: IpAddr) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.remove(&Key::Pair(self.numbers.hash_one(account), network_of(address)));
    }
}

/// What one subscriber has: an address, or the 2⁶⁴ addresses of an IPv6 network
/// ([RFC 6177](https://www.rfc-editor.org/rfc/rfc6177)).
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

fn wait_ms(key: &Key, used: Option<&Used>, now: Timestamp) -> Option<i64> {
    let used = used?;
    let (tries, each_ms) = key.allowance();
    (current(key, used, now) >= tries).then(|| each_ms - now.since_ms(used.as_of).rem_euclid(each_ms))
}

fn current(key: &Key, used: &Used, now: Timestamp) -> u32 {
    let (_, each_ms) = key.allowance();
    let returned = now.since_ms(used.as_of).max(0) / each_ms;
    used.tries.saturating_sub(u32::try_from(returned).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_000_000);

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn the_eleventh_guess_waits_and_time_gives_tries_back() {
        let limiter = Limiter::default();
        for _ in 0..10 {
            assert_eq!(limiter.try_now("ana@northside.example", address(1), NOW), Ok(()));
        }
        assert_eq!(limiter.try_now("ana@northside.example", address(1), NOW), Err(30_000));
        assert_eq!(limiter.try_now("ana@northside.example", address(1), NOW.plus_seconds(31)), Ok(()));
        assert!(limiter.try_now("ana@northside.example", address(1), NOW.plus_seconds(31)).is_err());
    }

    #[test]
    fn a_stranger_does_not_lock_the_owner_out() {
        let limiter = Limiter::default();
        while limiter.try_now("ana@northside.example", address(1), NOW).is_ok() {}
        assert_eq!(limiter.try_now("ana@northside.example", address(2), NOW), Ok(()));
    }

    #[test]
    fn one_address_cannot_walk_through_accounts() {
        let limiter = Limiter::default();
        let tried = (0..1_000).filter(|n| limiter.try_now(&format!("user{n}"), address(1), NOW).is_ok());
        assert_eq!(tried.count(), 60);
    }

    #[test]
    fn the_addresses_of_one_subscriber_count_as_one() {
        let limiter = Limiter::default();
        let own = |last: u16| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, last]);
        let tried = (0..1_000).filter(|n| limiter.try_now(&format!("user{n}"), own(*n), NOW).is_ok());
        assert_eq!(tried.count(), 60);
        let neighbour = IpAddr::from([0x2001, 0xdb8, 0, 2, 0, 0, 0, 1]);
        assert_eq!(limiter.try_now("ana@northside.example", neighbour, NOW), Ok(()));
        let mapped = |last: u8| IpAddr::from([0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0200 + u16::from(last)]);
        while limiter.try_now("ana@northside.example", address(7), NOW).is_ok() {}
        assert!(limiter.try_now("ana@northside.example", mapped(7), NOW).is_err());
        assert_eq!(limiter.try_now("ana@northside.example", mapped(8), NOW), Ok(()));
    }

    #[test]
    fn a_flood_of_messages_is_slowed_down_and_locks_nobody_out() {
        let limiter = Limiter::default();
        let taken = (0..2_000).filter(|_| limiter.try_message(address(1), NOW).is_ok());
        assert_eq!(taken.count(), 1_000);
        assert_eq!(limiter.try_message(address(2), NOW), Ok(()));
        assert_eq!(limiter.try_now("ana@northside.example", address(1), NOW), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let limiter = Limiter::default();
        for n in 0..20_000_u32 {
            let address = IpAddr::from(n.to_be_bytes());
            let _ = limiter.try_now(&format!("user{n}"), address, NOW.plus_seconds(i64::from(n)));
        }
        assert!(limiter.used.lock().unwrap().len() <= REMEMBERED + 3);
    }
}
