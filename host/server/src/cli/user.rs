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
        /// Let the person operate the host; the first owner or admin does so anyway
        #[arg(long)]
        operator: bool,
    },
    /// Let a person operate the host: install and change plugins, for every workspace
    Operator {
        email: String,
        /// Take that right back
        #[arg(long)]
        withdraw: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum RoleName {
    Owner,
    Admin,
    Staff,
    Viewer,
}

/// Somebody to be added, as typed.
struct NewPerson {
    email: String,
    name: String,
    role: RoleName,
    clients: Vec<String>,
    workspace: Option<String>,
    operator: bool,
}

pub(super) async fn run(config: &Config, action: Action) -> Result<()> {
    let (db, _) = open_database(config).await?;
    match action {
        Action::Add { email, name, role, clients, workspace, operator } => {
            add(&db, NewPerson { email, name, role, clients, workspace, operator }).await?;
        }
        Action::Operator { email, withdraw } => set_operator(&db, &email, !withdraw).await?,
    }
    db.close().await;
    Ok(())
}

async fn add(db: &Db, new: NewPerson) -> Result<()> {
    let NewPerson { email, name, role, clients, workspace, operator } = new;
    let workspace = find_workspace(db, workspace.as_deref()).await?;
    let role = match role {
        RoleName::Owner => Role::Owner,
        RoleName::Admin => Role::Admin,
        RoleName::Staff => Role::Staff,
        RoleName::Viewer => Role::Viewer,
    };
    let visible = match (role, clients.is_empty()) {
        (Role::Viewer, true) | (_, false) => Visible::Some(find_clients(db, &workspace, &clients).await?),
        (_, true) => Visible::All,
    };
    let hash = Passwords::new()?.hash(&read_password()?).await?;
    let mut tx = db.begin().await?;
    let is_first = matches!(role, Role::Owner | Role::Admin) && users::count_operators(&mut tx).await? == 0;
    let user = User {
        workspace_id: workspace.id,
        id: UserId::new(),
        email,
        name,
        role,
        password_hash: Some(Secret::new(hash)),
        all_clients: visible == Visible::All,
        is_operator: operator || is_first,
        created_at: system_time(),
        deactivated_at: None,
    };
    match users::create(&mut tx, &user).await {
        Err(StoreError::Conflict { .. }) => bail!("somebody with the address {} exists already", user.email),
        other => other?,
    }
    users::set_clients(&mut tx, &user.workspace_id, &user.id, &visible).await?;
    tx.commit().await?;
    println!("{} can sign in as {} ({}).", user.name, user.email, user.id);
    Ok(())
}

async fn set_operator(db: &Db, email: &str, is_operator: bool) -> Result<()> {
    let mut tx = db.begin().await?;
    let user = users::find_by_email(&mut tx, email).await?;
    let user = user.with_context(|| format!("nobody signs in as {email:?}: add the person with `relink user add`"))?;
    users::set_operator(&mut tx, &user.workspace_id, &user.id, is_operator).await?;
    let others = users::count_operators(&mut tx).await?;
    tx.commit().await?;
    match (is_operator, others) {
        (true, _) => println!("{} operates this host.", user.name),
        (false, 0) => println!("{} no longer operates this host, and nobody else does.", user.name),
        (false, _) => println!("{} no longer operates this host.", user.name),
    }
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
