use axum::http::{StatusCode, header};
use relink_core::plugin::{Budget, BudgetKey, Delivery, Descriptor, Framing, Request, Throttle};
use relink_core::time::Timestamp;
use relink_egress::{Answer, Call, Egress, EgressConfig, Scope, SendError};

use crate::support::{Provider, bearer, credential_use, credentials, descriptor, get, method};

const ANNA: Scope<'static> = Scope { authorization: "auth_anna", connection: "conn_1" };
const BEN: Scope<'static> = Scope { authorization: "auth_ben", connection: "conn_2" };

async fn send_for(
    egress: &Egress,
    descriptor: &Descriptor,
    scope: Scope<'_>,
    request: &Request,
) -> Result<Answer, SendError> {
    let method = method(vec![credential_use("default", vec![bearer()])]);
    egress.send(Call { descriptor, method: &method, credentials: &credentials(), scope }, request).await
}

fn wait_ms(sent: Result<Answer, SendError>) -> Option<u64> {
    match sent {
        Err(SendError::Throttled { retry_after_ms }) => Some(retry_after_ms),
        Err(SendError::Failed(failure)) => panic!("{failure:?}"),
        Ok(_) => None,
    }
}

fn hourly(calls: u32) -> Descriptor {
    let name = "calls".to_owned();
    descriptor(vec![Budget { name, calls, per_ms: 3_600_000, hosts: Vec::new(), key: BudgetKey::Authorization }])
}

#[tokio::test]
async fn a_spent_budget_says_when_to_come_back_and_sends_nothing() {
    let provider = Provider::answering(|_| "").await;
    let (egress, descriptor) = (provider.egress(), hourly(2));
    for _ in 0..2 {
        assert_eq!(wait_ms(send_for(&egress, &descriptor, ANNA, &get("/")).await), None);
    }
    let wait = wait_ms(send_for(&egress, &descriptor, ANNA, &get("/")).await).unwrap();
    assert!((3_500_000..=3_900_000).contains(&wait), "{wait}");
    assert_eq!(wait_ms(send_for(&egress, &descriptor, BEN, &get("/")).await), None);
    assert_eq!(provider.seen().len(), 3);
}

#[tokio::test]
async fn a_short_wait_is_awaited() {
    let provider = Provider::answering(|_| "").await;
    let budget = Budget { name: "calls".to_owned(), calls: 1, per_ms: 100, hosts: Vec::new(), key: BudgetKey::App };
    let (egress, descriptor) = (provider.egress(), descriptor(vec![budget]));
    let started = std::time::Instant::now();
    for _ in 0..4 {
        assert_eq!(wait_ms(send_for(&egress, &descriptor, ANNA, &get("/")).await), None);
    }
    assert!(started.elapsed().as_millis() >= 300);
}

#[tokio::test]
async fn what_a_plugin_notes_holds_for_the_next_request() {
    let provider = Provider::answering(|_| "").await;
    let (egress, descriptor) = (provider.egress(), hourly(100));
    let now = Timestamp::from_ms(1_700_000_000_000);
    let resets_at = Some(now.plus_seconds(600));
    let throttle = Throttle { budget: "calls".to_owned(), remaining: Some(0), resets_at };
    egress.note_throttle(&descriptor, ANNA, &throttle, now);
    let wait = wait_ms(send_for(&egress, &descriptor, ANNA, &get("/")).await).unwrap();
    assert!((599_000..=600_000).contains(&wait), "{wait}");
    assert_eq!(wait_ms(send_for(&egress, &descriptor, BEN, &get("/")).await), None);
}

#[tokio::test]
async fn retry_after_is_kept_for_the_authorization_that_got_it() {
    let provider = Provider::answering(|seen| {
        let is_busy = seen.path_and_query.ends_with("/busy");
        let status = if is_busy { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK };
        (status, [(header::RETRY_AFTER, "120")])
    });
    let provider = provider.await;
    let (egress, descriptor) = (provider.egress(), descriptor(Vec::new()));
    let answer = send_for(&egress, &descriptor, ANNA, &get("/busy")).await.unwrap();
    assert_eq!(answer.response.status, 429);
    let wait = wait_ms(send_for(&egress, &descriptor, ANNA, &get("/")).await).unwrap();
    assert!((118_000..=120_000).contains(&wait), "{wait}");
    assert_eq!(wait_ms(send_for(&egress, &descriptor, BEN, &get("/")).await), None);
}

#[tokio::test]
async fn an_open_download_takes_a_place_at_its_host_until_it_is_dropped() {
    let provider = Provider::answering(|_| "a\nb\n").await;
    let egress = Egress::new(EgressConfig { per_host_concurrency: 1, ..provider.config() }).unwrap();
    let descriptor = descriptor(Vec::new());
    let deliver = Delivery::Chunks { framing: Framing::Lines, max_bytes: 2 };
    let open = send_for(&egress, &descriptor, ANNA, &Request { deliver, ..get("/") }).await.unwrap();
    assert!(open.response.more);
    assert!(wait_ms(send_for(&egress, &descriptor, BEN, &get("/")).await).is_some());
    drop(open);
    assert_eq!(wait_ms(send_for(&egress, &descriptor, BEN, &get("/")).await), None);
}
