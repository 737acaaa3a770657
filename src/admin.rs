//! `banter admin`: people and their power, from the machine itself. Works beside a running server, which hears of it
//! within a second.

use std::io::Read;
use std::path::PathBuf;

use banter::protocol::api::Me;
use banter::protocol::ids::PersonId;
use banter::protocol::power::Role;
use banter::server::auth::password::Passwords;
use banter::server::chat::{accounts, names};
use banter::server::clock;
use banter::server::store::{SqliteStore, Store};
use clap::{Args, Subcommand, ValueEnum};

/// What can be done.
#[derive(Subcommand)]
pub enum Admin {
    /// Make somebody with an account; the password comes on standard input
    Add(Add),
    /// Give somebody another password, from standard input, and log them out everywhere
    Password(Whom),
    /// Give somebody another role; who is made owner takes it over from whoever is
    Role(Add),
}

/// Somebody, and what they are to be.
#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    whom: Whom,
    /// What they are on the site
    #[arg(long, default_value = "member")]
    role: SiteRole,
}

/// Somebody.
#[derive(Args)]
pub struct Whom {
    /// The name
    name: String,
    /// Folder in which everything is kept
    #[arg(long, env = "BANTER_DATA", default_value = "data", value_name = "FOLDER")]
    data: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum SiteRole {
    Owner,
    Admin,
    Member,
}

impl From<SiteRole> for Role {
    fn from(role: SiteRole) -> Self {
        match role {
            SiteRole::Owner => Self::Owner,
            SiteRole::Admin => Self::Admin,
            SiteRole::Member => Self::Member,
        }
    }
}

/// Does it.
#[tokio::main(flavor = "current_thread")]
pub async fn run(command: Admin) -> Result<(), String> {
    let (Admin::Add(Add { whom, .. }) | Admin::Password(whom) | Admin::Role(Add { whom, .. })) = &command;
    let store = SqliteStore::open_beside(&whom.data).await.map_err(|error| error.to_string())?;
    let done = match &command {
        Admin::Add(Add { whom, role }) => add(&store, &whom.name, (*role).into()).await,
        Admin::Password(whom) => set_password(&store, &whom.name).await,
        Admin::Role(Add { whom, role }) => set_role(&store, &whom.name, (*role).into()).await,
    };
    store.close().await;
    done
}

async fn add(store: &dyn Store, name: &str, role: Role) -> Result<(), String> {
    let name = names::clean(name).map_err(|error| error.to_string())?;
    let hash = hash(&password()?).await?;
    // The owner takes it over once they are there.
    let me = Me { id: accounts::new_id(), name, role: role.min(Role::Admin), colour: None };
    let added = store.people().add(accounts::new_person(&me, Some(hash))).await.map_err(|error| error.to_string())?;
    if !added {
        return Err("Somebody has that name.".to_owned());
    }
    if role == Role::Owner {
        promote(store, &me.id, role).await?;
    }
    tracing::info!("{} is here as {role:?}", me.name);
    Ok(())
}

async fn set_password(store: &dyn Store, name: &str) -> Result<(), String> {
    let me = find(store, name).await?;
    if me.role == Role::Guest {
        return Err(format!("{} is a guest, and has no password.", me.name));
    }
    let hash = hash(&password()?).await?;
    let ended = store.people().set_password(&me.id, &hash, None).await.map_err(|error| error.to_string())?;
    store.people().announce_end(&ended.unwrap_or_default()).await.map_err(|error| error.to_string())?;
    tracing::info!("{} has another password, and is logged out everywhere", me.name);
    Ok(())
}

async fn set_role(store: &dyn Store, name: &str, role: Role) -> Result<(), String> {
    let me = find(store, name).await?;
    promote(store, &me.id, role).await?;
    tracing::info!("{} is here as {role:?}", me.name);
    Ok(())
}

async fn promote(store: &dyn Store, id: &PersonId, role: Role) -> Result<(), String> {
    let done = store.people().set_role(None, id, role, clock::now()).await.map_err(|error| error.to_string())?;
    done.map_err(|_| "Only who has an account can have a role.".to_owned())
}

async fn find(store: &dyn Store, name: &str) -> Result<Me, String> {
    let found = store.people().named(&names::likeness(name)).await.map_err(|error| error.to_string())?;
    found.ok_or_else(|| format!("There is nobody of the name {name}."))
}

async fn hash(password: &str) -> Result<String, String> {
    let passwords = Passwords::start().map_err(|error| error.to_string())?;
    let hash = passwords.hash(password).await.map_err(|error| error.to_string())?;
    Ok(hash.reveal().to_owned())
}

/// The first line of standard input.
fn password() -> Result<String, String> {
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
