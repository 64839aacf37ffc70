//! `relink user`: people who can sign in, made without the pages.

use anyhow::{Context, Result, bail};
use clap::{Subcommand, ValueEnum};
use relink_core::id::{ClientId, UserId};
use relink_core::secret::Secret;
use relink_store::users::{self, Role, User};
use relink_store::workspaces::{self, Workspace};
use relink_store::{Db, StoreError, Visible, clients};

use crate::app::{open_database, system_time};
use crate::auth::password::Passwords;
use crate::config::Config;

#[derive(Subcommand)]
pub(super) enum Action {
    /// Add a person; the password is read from the standard input
    Add {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long, value_enum)]
        role: RoleName,
        /// A client whose data the person sees, by name; may be repeated. Without it all, but none for a viewer
        #[arg(long = "client", value_name = "NAME")]
        clients: Vec<String>,
        /// The workspace, by name or id; needed only if there are several
        #[arg(long)]
        workspace: Option<String>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum RoleName {
    Owner,
    Admin,
    Staff,
    Viewer,
}

pub(super) async fn run(config: &Config, action: Action) -> Result<()> {
    let Action::Add { email, name, role, clients, workspace } = action;
    let (db, _) = open_database(config).await?;
    let workspace = find_workspace(&db, workspace.as_deref()).await?;
    let role = match role {
        RoleName::Owner => Role::Owner,
        RoleName::Admin => Role::Admin,
        RoleName::Staff => Role::Staff,
        RoleName::Viewer => Role::Viewer,
    };
    let visible = match (role, clients.is_empty()) {
        (Role::Viewer, true) | (_, false) => Visible::Some(find_clients(&db, &workspace, &clients).await?),
        (_, true) => Visible::All,
    };
    let hash = Passwords::new()?.hash(&read_password()?).await?;
    let user = User {
        workspace_id: workspace.id,
        id: UserId::new(),
        email,
        name,
        role,
        password_hash: Some(Secret::new(hash)),
        all_clients: visible == Visible::All,
        created_at: system_time(),
        deactivated_at: None,
    };
    let mut tx = db.begin().await?;
    match users::create(&mut tx, &user).await {
        Err(StoreError::Conflict { .. }) => bail!("somebody with the address {} exists already", user.email),
        other => other?,
    }
    users::set_clients(&mut tx, &user.workspace_id, &user.id, &visible).await?;
    tx.commit().await?;
    db.close().await;
    println!("{} can sign in as {} ({}).", user.name, user.email, user.id);
    Ok(())
}

async fn find_clients(db: &Db, workspace: &Workspace, names: &[String]) -> Result<Vec<ClientId>> {
    let known = clients::list(db, &workspace.id).await?;
    let find = |name: &String| {
        let found = known.iter().find(|client| client.name == *name);
        found.map(|client| client.id.clone()).with_context(|| format!("there is no client {name:?}"))
    };
    names.iter().map(find).collect()
}

/// The workspace that is named, or the only one there is; an empty installation gets its first.
pub(super) async fn find_workspace(db: &Db, named: Option<&str>) -> Result<Workspace> {
    let mut all = workspaces::list(db).await?;
    if let Some(named) = named {
        let found = all.into_iter().find(|workspace| workspace.name == named || workspace.id.as_str() == named);
        return found.with_context(|| format!("there is no workspace {named:?}"));
    }
    match all.len() {
        0 => Ok(crate::pages::welcome::make_first_workspace(db, system_time()).await?),
        1 => Ok(all.remove(0)),
        _ => bail!("there are several workspaces: name one with --workspace"),
    }
}

fn read_password() -> Result<Secret> {
    eprintln!("Type the password of the new person, then Enter:");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("the standard input cannot be read")?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
