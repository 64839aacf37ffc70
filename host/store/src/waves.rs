//! Waves: whether a plugin is doubted because it calls too much broken at once. They belong to no workspace,
//! as a plugin does.

use relink_core::decide::Wave;

use crate::db::{Access, Tx};
use crate::error::Result;
use crate::query::query;
use crate::row::Row;

const TABLE: &str = "waves";

/// The wave of the version of a plugin that has this digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveOf {
    pub digest: String,
    pub wave: Wave,
}

const LOCK: &str = "
    INSERT INTO waves (plugin_id, digest, next_probe_at) VALUES ($1, $2, 0)
    ON CONFLICT (plugin_id) DO UPDATE SET plugin_id = excluded.plugin_id
    RETURNING digest, opened_at, believed_until, next_probe_at";

/// Gives the wave of a plugin, which may be another version's, and nobody else judges breakages of the plugin
/// before this transaction ends: each sees all that were judged before it.
pub async fn lock(tx: &mut Tx, plugin: &str, digest: &str) -> Result<WaveOf> {
    let found = query(TABLE, LOCK).bind(plugin).bind(digest).fetch_optional(tx, read).await?;
    Ok(found.unwrap_or_else(|| WaveOf { digest: digest.to_owned(), wave: Wave::default() }))
}

const FIND: &str = "SELECT digest, opened_at, believed_until, next_probe_at FROM waves WHERE plugin_id = $1";

pub async fn find(access: impl Into<Access<'_>>, plugin: &str) -> Result<Option<WaveOf>> {
    query(TABLE, FIND).bind(plugin).fetch_optional(access, read).await
}

const SAVE: &str = "
    UPDATE waves SET digest = $2, opened_at = $3, believed_until = $4, next_probe_at = $5 WHERE plugin_id = $1";

/// Writes the wave of a plugin that this transaction has locked.
pub async fn save(tx: &mut Tx, plugin: &str, of: &WaveOf) -> Result<bool> {
    let WaveOf { digest, wave } = of;
    let save = query(TABLE, SAVE).bind(plugin).bind(digest).bind(wave.opened_at).bind(wave.believed_until);
    save.bind(wave.next_probe_at).changes_a_row(tx).await
}

fn read(row: &Row) -> Result<WaveOf> {
    let wave = Wave {
        opened_at: row.get("opened_at")?,
        believed_until: row.get("believed_until")?,
        next_probe_at: row.get("next_probe_at")?,
    };
    Ok(WaveOf { digest: row.get("digest")?, wave })
}
