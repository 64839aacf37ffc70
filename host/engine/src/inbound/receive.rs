//! From the post of a provider to a message that is proven and entered.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use relink_core::id::{MessageId, WorkspaceId};
use relink_core::plugin::{Field, Inbound, Message};
use relink_core::secret::Secret;
use relink_core::time::Timestamp;
use relink_egress::{AppSecrets, Credentials, HandshakeAnswer, Posted, Proven, Unproven, shake_hands};
use relink_runtime::Plugin;
use relink_store::inbound_messages::{self, InboundMessage, NewInboundMessage, sealed_place};
use relink_store::seal::{SealError, Sealer};
use relink_store::workspaces;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::InboundError;
use crate::credentials::app_credentials;
use crate::engine::Engine;

/// They speak of the way to this host, or for somebody else.
const NOT_FOR_PLUGINS: [&str; 4] = ["authorization", "cookie", "forwarded", "host"];

/// What was posted.
#[derive(Clone, Copy)]
pub struct Delivery<'a> {
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

impl Engine {
    /// What the operator enters at the provider for one plugin. As the redirect URI, no other workspace
    /// and no other plugin has it.
    pub fn webhook_address(&self, workspace: &WorkspaceId, plugin_id: &str) -> String {
        let base = self.settings().base_url.as_str().trim_end_matches('/');
        format!("{base}/webhooks/{workspace}/{plugin_id}")
    }

    /// Demands the proof of a message and enters it. When this returns, the provider may forget it.
    pub async fn receive(
        &self,
        workspace: &WorkspaceId,
        plugin_id: &str,
        delivery: Delivery<'_>,
    ) -> Result<(), InboundError> {
        let (plugin, inbound) = self.receiver(workspace, plugin_id).await?;
        let address = self.webhook_address(workspace, plugin_id);
        let url = if delivery.query.is_empty() { address } else { format!("{address}?{}", delivery.query) };
        let posted = Posted { method: "POST", url: &url, headers: delivery.headers, body: delivery.body };
        let secrets = self.secrets_of(&plugin);
        let proven = self
            .egress()
            .prove(plugin.descriptor(), &inbound, posted, AppSecrets(&secrets), self.now())
            .await
            .inspect_err(|unproven| note(workspace, plugin_id, unproven))?;
        let is_new = self.enter(workspace, plugin_id, delivery, proven).await?;
        tracing::info!(workspace.id = %workspace, plugin.name = plugin_id, is_new, "a provider sent a message");
        self.message_came().notify_one();
        Ok(())
    }

    /// Answers what a provider asks of the address before it sends anything.
    pub async fn shake_hands(
        &self,
        workspace: &WorkspaceId,
        plugin_id: &str,
        query: &str,
    ) -> Result<HandshakeAnswer, InboundError> {
        let (plugin, inbound) = self.receiver(workspace, plugin_id).await?;
        let handshake = inbound.handshake.ok_or(InboundError::NotFound)?;
        let answer = shake_hands(&handshake, query, AppSecrets(&self.secrets_of(&plugin)));
        Ok(answer.inspect_err(|unproven| note(workspace, plugin_id, unproven))?)
    }

    async fn receiver(&self, workspace: &WorkspaceId, plugin_id: &str) -> Result<(Arc<Plugin>, Inbound), InboundError> {
        let plugin = self.registry().get(plugin_id).ok_or(InboundError::NotFound)?;
        let inbound = plugin.descriptor().inbound.clone().ok_or(InboundError::NotFound)?;
        workspaces::find(self.db(), workspace).await?.ok_or(InboundError::NotFound)?;
        Ok((plugin, inbound))
    }

    fn secrets_of(&self, plugin: &Plugin) -> Vec<Credentials> {
        let methods = plugin.descriptor().auth.iter();
        methods.map(|method| app_credentials(&self.settings().app_secrets, plugin.id(), &method.id)).collect()
    }

    async fn enter(
        &self,
        workspace: &WorkspaceId,
        plugin_id: &str,
        delivery: Delivery<'_>,
        proven: Proven,
    ) -> Result<bool, InboundError> {
        let id = MessageId::new();
        let kept = Kept::of(delivery, &proven.body);
        let sealed = self.sealer().seal(&sealed_place(workspace, &id), &kept.to_secret())?;
        let new = NewInboundMessage {
            workspace_id: workspace,
            id: &id,
            plugin_id,
            digest: &proven.digest,
            sealed: &sealed,
            received_at: self.now(),
        };
        let mut tx = self.db().begin().await?;
        let is_new = inbound_messages::add(&mut tx, &new).await?;
        tx.commit().await?;
        Ok(is_new)
    }
}

/// The reason is for the operator alone: whoever tries to forge a message learns nothing from it.
fn note(workspace: &WorkspaceId, plugin_id: &str, unproven: &Unproven) {
    tracing::warn!(workspace.id = %workspace, plugin.name = plugin_id, why = %unproven, "a message was not proven");
}

/// A message while it waits, sealed: it names people.
#[derive(Serialize, Deserialize)]
struct Kept {
    headers: Vec<Field>,
    query: Vec<Field>,
    /// In base64, since it need not be text.
    body: String,
}

impl Kept {
    fn of(delivery: Delivery<'_>, body: &[u8]) -> Self {
        let headers = delivery.headers.iter().filter(|(name, _)| !NOT_FOR_PLUGINS.contains(&name.as_str()));
        let headers = headers.filter_map(|(name, value)| Some(Field::new(name.as_str(), value.to_str().ok()?)));
        let query = form_urlencoded::parse(delivery.query.as_bytes());
        Self {
            headers: headers.collect(),
            query: query.map(|(name, value)| Field::new(name, value)).collect(),
            body: STANDARD.encode(body),
        }
    }

    fn to_secret(&self) -> Secret {
        Secret::new(serde_json::to_string(self).expect("texts can always be written as JSON"))
    }
}

/// The message as the plugin gets it. As its time it gets that of its arrival, however late it is read.
pub(super) fn open(sealer: &Sealer, waiting: &InboundMessage) -> Result<Message, SealError> {
    let place = sealed_place(&waiting.workspace_id, &waiting.id);
    let plain = sealer.open(&place, &waiting.sealed)?;
    let kept: Kept = serde_json::from_str(plain.expose()).expect("what opens was written here");
    let body = STANDARD.decode(&kept.body).expect("what opens was written here");
    let now: Timestamp = waiting.received_at;
    Ok(Message { now, headers: kept.headers, query: kept.query, body })
}
