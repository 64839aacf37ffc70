use super::*;

const HOST: &str = "api.example.com";
const ANNA: Scope<'static> = Scope { authorization: "auth_anna", connection: "conn_1" };
const ANNA_2: Scope<'static> = Scope { authorization: "auth_anna", connection: "conn_2" };
const BEN: Scope<'static> = Scope { authorization: "auth_ben", connection: "conn_3" };

fn descriptor(budgets: Vec<Budget>) -> Descriptor {
    Descriptor {
        id: "example".to_owned(),
        display_name: "Example".to_owned(),
        aliases: Vec::new(),
        version: "1.0.0".to_owned(),
        requires: Vec::new(),
        hosts: vec![HOST.to_owned()],
        auth: Vec::new(),
        datasets: Vec::new(),
        budgets,
        config_schema: "{}".to_owned(),
        help_url: None,
        inbound: None,
    }
}

fn budget(calls: u32, per_ms: u64, key: BudgetKey) -> Budget {
    Budget { name: "calls".to_owned(), calls, per_ms, hosts: vec![HOST.to_owned()], key }
}

fn throttle(remaining: Option<u64>, resets_at: Option<Timestamp>) -> Throttle {
    Throttle { budget: "calls".to_owned(), remaining, resets_at }
}

#[tokio::test(start_paused = true)]
async fn no_window_ever_holds_more_calls_than_declared() {
    let descriptor = descriptor(vec![budget(5, 1_000, BudgetKey::App)]);
    let budgets = Budgets::new();
    let mut calls = Vec::new();
    for step_ms in [1, 7, 13, 3, 29].iter().cycle().take(2_000) {
        if budgets.take(&descriptor, ANNA, HOST).is_ok() {
            calls.push(budgets.now_ms());
        }
        tokio::time::advance(Duration::from_millis(*step_ms)).await;
    }
    assert!(calls.windows(6).all(|six| six[5] - six[0] >= 1_000));
    let seconds = budgets.now_ms() / 1_000;
    assert!(calls.len() as u64 > 4 * seconds, "{} calls in {seconds} s waste the budget", calls.len());
}

#[tokio::test(start_paused = true)]
async fn the_wait_that_is_told_is_exactly_enough() {
    let descriptor = descriptor(vec![budget(2, 10_000, BudgetKey::App)]);
    let budgets = Budgets::new();
    for _ in 0..20 {
        while budgets.take(&descriptor, ANNA, HOST).is_ok() {}
        let wait = budgets.take(&descriptor, ANNA, HOST).unwrap_err();
        tokio::time::advance(wait.saturating_sub(Duration::from_millis(1))).await;
        assert!(budgets.take(&descriptor, ANNA, HOST).is_err());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(budgets.take(&descriptor, ANNA, HOST).is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn each_key_has_its_own_budget() {
    for (key, second_connection, other_person) in
        [(BudgetKey::App, false, false), (BudgetKey::Authorization, false, true), (BudgetKey::Connection, true, true)]
    {
        let descriptor = descriptor(vec![budget(1, 60_000, key)]);
        let budgets = Budgets::new();
        assert!(budgets.take(&descriptor, ANNA, HOST).is_ok());
        assert!(budgets.take(&descriptor, ANNA, HOST).is_err());
        assert_eq!(budgets.take(&descriptor, ANNA_2, HOST).is_ok(), second_connection, "{key:?}");
        assert_eq!(budgets.take(&descriptor, BEN, HOST).is_ok(), other_person, "{key:?}");
        assert!(budgets.take(&descriptor, ANNA, "other.example.com").is_ok(), "another host is not counted");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_one_budget_refuses_costs_the_others_nothing() {
    let narrow = Budget { name: "narrow".to_owned(), ..budget(1, 1_000, BudgetKey::App) };
    let descriptor = descriptor(vec![budget(3, 60_000, BudgetKey::App), narrow]);
    let budgets = Budgets::new();
    for _ in 0..3 {
        assert!(budgets.take(&descriptor, ANNA, HOST).is_ok());
        for _ in 0..10 {
            assert!(budgets.take(&descriptor, ANNA, HOST).is_err());
        }
        tokio::time::advance(Duration::from_millis(1_100)).await;
    }
    assert!(budgets.take(&descriptor, ANNA, HOST).unwrap_err() > Duration::from_secs(50));
}

#[tokio::test(start_paused = true)]
async fn what_the_provider_says_is_left_is_all_there_is() {
    let descriptor = descriptor(vec![budget(100, 1_000, BudgetKey::Authorization)]);
    let budgets = Budgets::new();
    let now = Timestamp::from_ms(1_700_000_000_000);
    budgets.note(&descriptor, ANNA, &throttle(Some(2), Some(now.plus_seconds(60))), now);
    assert!(budgets.take(&descriptor, ANNA, HOST).is_ok());
    assert!(budgets.take(&descriptor, ANNA_2, HOST).is_ok());
    assert_eq!(budgets.take(&descriptor, ANNA, HOST), Err(Duration::from_mins(1)));
    assert!(budgets.take(&descriptor, BEN, HOST).is_ok());
    tokio::time::advance(Duration::from_mins(1)).await;
    assert!(budgets.take(&descriptor, ANNA, HOST).is_ok());
}

#[tokio::test(start_paused = true)]
async fn strange_reset_times_are_bounded() {
    let descriptor = descriptor(vec![budget(100, 5_000, BudgetKey::App)]);
    let now = Timestamp::from_ms(1_700_000_000_000);
    for (resets_at, expected) in [
        (Some(Timestamp::from_ms(i64::MAX)), Err(LONGEST_HOLD)),
        (Some(Timestamp::from_ms(i64::MIN)), Ok(())),
        (Some(now), Ok(())),
        (None, Err(Duration::from_secs(5))),
    ] {
        let budgets = Budgets::new();
        budgets.note(&descriptor, ANNA, &throttle(Some(0), resets_at), now);
        assert_eq!(budgets.take(&descriptor, ANNA, HOST), expected, "{resets_at:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_holds_one_authorization_at_one_host() {
    let descriptor = descriptor(Vec::new());
    let budgets = Budgets::new();
    budgets.hold(&descriptor, ANNA, HOST, Duration::from_secs(30));
    assert_eq!(budgets.take(&descriptor, ANNA_2, HOST), Err(Duration::from_secs(30)));
    assert!(budgets.take(&descriptor, BEN, HOST).is_ok());
    assert!(budgets.take(&descriptor, ANNA, "other.example.com").is_ok());
    tokio::time::advance(Duration::from_secs(30)).await;
    assert!(budgets.take(&descriptor, ANNA, HOST).is_ok());
}

#[tokio::test(start_paused = true)]
async fn idle_keys_are_forgotten() {
    let descriptor = descriptor(vec![budget(5, 1_000, BudgetKey::Connection)]);
    let budgets = Budgets::new();
    for number in 0..20 * FIRST_SWEEP {
        let connection = format!("conn_{number}");
        let scope = Scope { authorization: "auth_anna", connection: &connection };
        assert!(budgets.take(&descriptor, scope, HOST).is_ok());
        tokio::time::advance(Duration::from_millis(10)).await;
    }
    assert!(budgets.state().windows.len() <= 2 * FIRST_SWEEP);
}
