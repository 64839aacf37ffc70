//! Sealed values open in their place and with their key only.

use relink_core::id::{AuthorizationId, ReconnectionId, WorkspaceId};
use relink_core::secret::Secret;
use relink_store::authorizations::{self, FIRST_GENERATION, sealed_place};
use relink_store::reconnections;
use relink_store::seal::{SealError, Sealer, SealingKey};

use crate::support::{Tenant, new_authorization, on_both, tokens, write};

const CANARY: &str = "canary-refresh-token-7f3a91";

fn key(id: &str, byte: &str) -> SealingKey {
    SealingKey::parse(id, &Secret::new(byte.repeat(32))).unwrap()
}

fn sealer(keys: &[(&str, &str)]) -> Sealer {
    Sealer::new(keys.iter().map(|(id, byte)| key(id, byte)).collect()).unwrap()
}

#[test]
fn a_sealed_value_opens_in_its_own_place_only() {
    let sealer = sealer(&[("k1", "01")]);
    let (workspace, other) = (WorkspaceId::new(), WorkspaceId::new());
    let (id, reconnection) = (AuthorizationId::new(), ReconnectionId::new());
    let place = sealed_place(&workspace, &id, 1);
    let secret = Secret::new(CANARY.to_owned());
    let ciphertext = sealer.seal(&place, &secret).unwrap();
    assert!(sealer.open(&place, &ciphertext).unwrap() == secret);
    assert!(ciphertext != sealer.seal(&place, &secret).unwrap(), "each sealing has a nonce of its own");

    let elsewhere = [
        sealed_place(&other, &id, 1),
        sealed_place(&workspace, &AuthorizationId::new(), 1),
        sealed_place(&workspace, &id, 2),
        reconnections::sealed_place(&workspace, &reconnection),
    ];
    for place in elsewhere {
        assert!(matches!(sealer.open(&place, &ciphertext), Err(SealError::DoesNotOpen { .. })), "{place:?}");
    }
}

#[test]
fn no_changed_or_cut_value_opens() {
    let sealer = sealer(&[("k1", "01")]);
    let place = sealed_place(&WorkspaceId::new(), &AuthorizationId::new(), 1);
    let ciphertext = sealer.seal(&place, &Secret::new(CANARY.to_owned())).unwrap();
    for position in 0..ciphertext.len() {
        let mut changed = ciphertext.clone();
        changed[position] ^= 1;
        assert!(sealer.open(&place, &changed).is_err(), "byte {position}");
        assert!(sealer.open(&place, &ciphertext[..position]).is_err(), "cut at {position}");
    }
}

#[test]
fn a_missing_key_is_named_and_a_wrong_one_does_not_open() {
    let place = sealed_place(&WorkspaceId::new(), &AuthorizationId::new(), 1);
    let ciphertext = sealer(&[("2025", "01")]).seal(&place, &Secret::new(CANARY.to_owned())).unwrap();
    let error = sealer(&[("2026", "02")]).open(&place, &ciphertext).unwrap_err();
    assert!(matches!(&error, SealError::MissingKey { key_id, .. } if key_id == "2025"), "{error}");
    let error = sealer(&[("2025", "02")]).open(&place, &ciphertext).unwrap_err();
    assert!(matches!(error, SealError::DoesNotOpen { .. }), "{error}");
    assert!(sealer(&[("2026", "02"), ("2025", "01")]).open(&place, &ciphertext).is_ok());
    assert!(!format!("{error} {error:?}").contains(CANARY));

    assert!(matches!(Sealer::new(vec![]), Err(SealError::NoKey)));
    assert!(matches!(Sealer::new(vec![key("a", "01"), key("a", "02")]), Err(SealError::BadKeyId(_))));
}

#[tokio::test]
async fn a_start_with_another_key_is_refused() {
    on_both(async |database| {
        let db = &database.db;
        sealer(&[("k1", "01")]).check(db).await.unwrap();
        sealer(&[("k1", "01")]).check(db).await.unwrap();
        for wrong in [sealer(&[("k1", "02")]), sealer(&[("k2", "02")])] {
            let error = wrong.check(db).await.unwrap_err();
            assert!(matches!(error, SealError::WrongKey), "{error}");
        }
        sealer(&[("k2", "02"), ("k1", "01")]).check(db).await.unwrap();
        sealer(&[("k2", "02")]).check(db).await.unwrap();
        assert!(sealer(&[("k1", "01")]).check(db).await.is_err(), "the database has moved to the new key");
    })
    .await;
}

#[tokio::test]
async fn resealing_moves_every_authorization_to_the_first_key() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let workspace = &tenant.workspace;
        assert!(write!(database, |tx| {
            authorizations::remove(tx, workspace, &tenant.authorization, crate::support::NOW)
        }));
        let (old, both, new) =
            (sealer(&[("k1", "01")]), sealer(&[("k2", "02"), ("k1", "01")]), sealer(&[("k2", "02")]));
        let secret = Secret::new(CANARY.to_owned());
        let mut ids = Vec::new();
        for _ in 0..5 {
            let mut authorization = new_authorization(workspace);
            let place = sealed_place(workspace, &authorization.id, FIRST_GENERATION);
            authorization.tokens = tokens(&old.seal(&place, &secret).unwrap());
            write!(database, |tx| authorizations::create(tx, &authorization));
            ids.push(authorization.id);
        }
        let moved = async || authorizations::reseal(&database.db, &both, 3).await.unwrap();
        assert_eq!((moved().await, moved().await, moved().await), (3, 2, 0));
        for id in &ids {
            let found = authorizations::find(&database.db, workspace, id).await.unwrap().unwrap();
            let place = sealed_place(workspace, id, found.generation);
            assert!(new.open(&place, &found.sealed).unwrap() == secret);
        }
    })
    .await;
}

#[tokio::test]
async fn no_secret_is_written_in_the_clear() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let sealer = sealer(&[("k1", "01")]);
        let mut authorization = new_authorization(&tenant.workspace);
        authorization.label = "label-that-is-no-secret".to_owned();
        let place = sealed_place(&tenant.workspace, &authorization.id, FIRST_GENERATION);
        authorization.tokens = tokens(&sealer.seal(&place, &Secret::new(CANARY.to_owned())).unwrap());
        write!(database, |tx| authorizations::create(tx, &authorization));
        let Some(bytes) = database.file_bytes() else {
            return;
        };
        let contains = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(contains("label-that-is-no-secret"), "the files are those that the row was written to");
        assert!(!contains(CANARY));
    })
    .await;
}
