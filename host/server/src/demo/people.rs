//! What is different while the demo runs, and who is in it.

use std::collections::BTreeMap;

use relink_core::id::{ClientId, UserId, WorkspaceId};
use relink_core::plugin::AuthMethod;
use relink_core::secret::Secret;
use relink_core::time::Timestamp;
use relink_runtime::Registry;
use relink_store::clients::{self, Client};
use relink_store::users::{self, Role, User};
use relink_store::workspaces::{self, Workspace};
use relink_store::{StoreError, Tx, Visible};

use crate::config::{Config, ConfigSecret};

/// What each plugin is given as its registration.
pub(super) const CLIENT_ID: &str = "relink-demo";
pub(super) const OTHER_SECRET: &str = "demo";

const ADMIN: &str = "tom@northside.example";
pub(super) const WORKSPACE: &str = "Northside Agency";
pub(super) const CLIENTS: [&str; 3] = ["Acme Outdoor", "Bluebird Cafe", "Cobalt Systems"];

/// Name, address, role, and the clients whose data is seen; none means all.
const PEOPLE: [(&str, &str, Role, Option<&[usize]>); 5] = [
    ("Olivia Stone", "olivia@northside.example", Role::Owner, None),
    ("Tom Reyes", ADMIN, Role::Admin, None),
    ("Ana Diaz", "ana@northside.example", Role::Staff, None),
    ("Sam Lee", "sam@northside.example", Role::Staff, Some(&[0])),
    ("Carla Acme", "carla@acme-outdoor.example", Role::Viewer, Some(&[0])),
];

/// Marks a server as the demo.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DemoMode;

impl DemoMode {
    /// As whom a visitor begins.
    pub(crate) const FIRST_PERSON: &str = ADMIN;
}

/// The simulated providers take any registration, so each plugin is given one.
pub(crate) fn with_app_secrets(mut config: Config, registry: &Registry) -> Config {
    for plugin in registry.plugins() {
        let methods = config.plugins.entry(plugin.id().to_owned()).or_default();
        for method in &plugin.descriptor().auth {
            let set = methods.entry(method.id.clone()).or_default();
            for (name, secret) in app_secrets(method) {
                set.entry(name).or_insert(secret);
            }
        }
    }
    config
}

fn app_secrets(method: &AuthMethod) -> BTreeMap<String, ConfigSecret> {
    let secret =
        |name: &str| ConfigSecret(Secret::new(if name == "client_id" { CLIENT_ID } else { OTHER_SECRET }.to_owned()));
    let named = method.app_secrets.iter().map(|slot| (slot.name.clone(), secret(&slot.name)));
    named.collect()
}

/// Adds the workspace with its clients and people.
pub(super) async fn add(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    let workspace = Workspace { id: WorkspaceId::new(), name: WORKSPACE.to_owned(), created_at: now };
    workspaces::create(tx, &workspace).await?;
    let mut client_ids = Vec::new();
    for name in CLIENTS {
        let client =
            Client { workspace_id: workspace.id.clone(), id: ClientId::new(), name: name.to_owned(), created_at: now };
        clients::create(tx, &client).await?;
        client_ids.push(client.id);
    }
    for (name, email, role, seen) in PEOPLE {
        let user = User {
            workspace_id: workspace.id.clone(),
            id: UserId::new(),
            email: email.to_owned(),
            name: name.to_owned(),
            role,
            password_hash: None,
            all_clients: seen.is_none(),
            is_operator: role == Role::Owner,
            created_at: now,
            deactivated_at: None,
        };
        users::create(tx, &user).await?;
        if let Some(seen) = seen {
            let seen = seen.iter().filter_map(|place| client_ids.get(*place).cloned()).collect();
            users::set_clients(tx, &workspace.id, &user.id, &Visible::Some(seen)).await?;
        }
    }
    Ok(())
}
