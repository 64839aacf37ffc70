//! Pages that listen for changes: how many there may be, and what they are sent.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use relink_core::id::WorkspaceId;
use relink_engine::Changed;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::app::App;
use crate::web::trouble::Trouble;

const LISTENERS: usize = 1_000;
/// Changes come in bursts; one look at the end of a burst is enough.
const BATCH: Duration = Duration::from_millis(300);
/// After so long the browser asks again, and so shows that the session still holds.
const LONGEST: Duration = Duration::from_mins(10);
const RETRY: Duration = Duration::from_secs(2);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The places of those who listen.
pub(crate) struct Listeners(Arc<Semaphore>);

impl Default for Listeners {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(LISTENERS)))
    }
}

/// Answers with a stream that says `changed` whenever something of the workspace did.
pub(crate) fn listen(app: &App, workspace: WorkspaceId) -> Result<Response, Trouble> {
    let place = Arc::clone(&app.listeners().0).try_acquire_owned();
    let place = place.map_err(|_| Trouble::unavailable("Too many pages are listening. This one asks again later."))?;
    let stream = changes(app.clone(), workspace, app.engine().events(), place);
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

fn changes(
    app: App,
    workspace: WorkspaceId,
    mut events: Receiver<Changed>,
    place: OwnedSemaphorePermit,
) -> impl futures::Stream<Item = Result<Event, Infallible>> {
    async_stream::stream! {
        let _place = place;
        let end = Instant::now() + LONGEST;
        yield Ok(Event::default().retry(RETRY).comment("listening"));
        let mut number: u64 = 0;
        loop {
            let changed = tokio::select! {
                () = app.shutdown().cancelled() => break,
                () = tokio::time::sleep_until(end) => break,
                changed = next_of(&workspace, &mut events) => changed,
            };
            if !changed {
                break;
            }
            drain(&mut events, Instant::now() + BATCH).await;
            number += 1;
            yield Ok(Event::default().event("changed").id(number.to_string()).data("{}"));
        }
    }
}

/// Waits for a change of this workspace; who missed some is told to look as well.
async fn next_of(workspace: &WorkspaceId, events: &mut Receiver<Changed>) -> bool {
    loop {
        match events.recv().await {
            Ok(changed) if changed.workspace_id == *workspace => return true,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return true,
            Err(RecvError::Closed) => return false,
        }
    }
}

async fn drain(events: &mut Receiver<Changed>, until: Instant) {
    while let Ok(Ok(_) | Err(RecvError::Lagged(_))) = timeout_at(until, events.recv()).await {}
}
