//! The check at the start: are these the keys that the database was sealed with?

use relink_core::secret::Secret;

use super::{Place, SealError, Sealer};
use crate::db::Db;
use crate::meta;

const NAME: &str = "sealing-check";
const KNOWN_TEXT: &str = "relink";

impl Sealer {
    /// Refuses to go on with keys that do not open what is sealed already.
    ///
    /// The first start seals a known text. A start with a new first key seals it again, so that the
    /// old key can be taken away once nothing else needs it.
    pub async fn check(&self, db: &Db) -> Result<(), SealError> {
        let place = Place::of_installation("meta", NAME, "value");
        let mut tx = db.begin().await?;
        let known = self.seal(&place, &Secret::new(KNOWN_TEXT.to_owned()))?;
        meta::add(&mut tx, NAME, &known).await?;
        let stored = meta::find(&mut tx, NAME).await?.unwrap_or_default();
        self.open(&place, &stored).map_err(|_| SealError::WrongKey)?;
        if !stored.starts_with(&self.current_header()?) {
            meta::set(&mut tx, NAME, &known).await?;
        }
        Ok(tx.commit().await?)
    }
}
