//! The fixture world: who exists at each provider and what they may see. Nothing here ever changes;
//! what happens to these people is kept in the ledger.

use sha2::{Digest, Sha256};

use crate::Provider;

/// Ana runs the agency and sees everything.
pub const ANA: &str = "ana@northside.example";
/// Tom sees less: who reconnects as Tom is another subject.
pub const TOM: &str = "tom@northside.example";
/// The manager account through which Ana reaches the Google Ads customers.
pub const ADS_MANAGER: &str = "1112223333";
/// The Business Manager that owns the Meta ad accounts.
pub const META_BUSINESS: &str = "880010002000300";

/// A person's account at one provider.
#[derive(Debug)]
pub struct Login {
    /// Where.
    pub provider: Provider,
    /// What the person types to sign in.
    pub email: &'static str,
    /// The stable id that the provider gives to this person.
    pub subject: &'static str,
    /// What the provider calls the person.
    pub name: &'static str,
    /// The handle, where the provider has them.
    pub username: &'static str,
    /// Ids of the accounts that the person may see.
    pub accounts: &'static [&'static str],
}

/// A source of data at one provider.
#[derive(Debug)]
pub struct Account {
    /// Where.
    pub provider: Provider,
    /// The provider's id.
    pub id: &'static str,
    /// The provider's name for it.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The manager account above it.
    pub parent: Option<&'static str>,
    /// The web site of the business whose data it holds.
    pub site: &'static str,
}

/// What an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Google Ads manager account (MCC).
    AdsManager,
    /// Google Ads customer.
    AdsCustomer,
    /// Google Analytics 4 property.
    AnalyticsProperty,
    /// Ad account of Meta or LinkedIn.
    AdAccount,
    /// X profile.
    Profile,
    /// Ahrefs project.
    Project,
    /// Copper account.
    Crm,
}

/// An API key as it is before anything happened to it.
#[derive(Debug)]
pub struct FixtureKey {
    /// Where.
    pub provider: Provider,
    /// The client whose key it is.
    pub name: &'static str,
    /// The e-mail address that belongs to the key.
    pub email: &'static str,
    /// The account that it opens.
    pub account: &'static str,
}

/// All fixtures.
#[derive(Debug)]
pub struct World {
    /// People at providers with a login.
    pub logins: &'static [Login],
    /// Sources of data.
    pub accounts: &'static [Account],
    /// Keys at providers with keys.
    pub keys: &'static [FixtureKey],
}

/// The fixture world.
pub fn world() -> &'static World {
    &WORLD
}

impl World {
    /// The person with this e-mail address at this provider.
    pub fn login(&self, provider: Provider, email: &str) -> Option<&Login> {
        self.logins.iter().find(|login| login.provider == provider && login.email == email)
    }

    /// The account with this id at this provider.
    pub fn account(&self, provider: Provider, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.provider == provider && account.id == id)
    }

    /// The key of this client at this provider.
    pub fn key(&self, provider: Provider, name: &str) -> Option<&FixtureKey> {
        self.keys.iter().find(|key| key.provider == provider && key.name == name)
    }

    /// The accounts of one kind that a login may see; none for a stranger.
    pub fn seen_by(&self, provider: Provider, email: &str, kind: Kind) -> Vec<&Account> {
        let Some(login) = self.login(provider, email) else {
            return Vec::new();
        };
        login
            .accounts
            .iter()
            .filter_map(|id| self.account(provider, id))
            .filter(|account| account.kind == kind)
            .collect()
    }

    /// The id under which the provider knows this person, also of a stranger.
    pub fn subject(&self, provider: Provider, email: &str) -> String {
        self.login(provider, email).map_or_else(|| stranger_subject(email), |login| login.subject.to_owned())
    }

    /// What the provider calls this person.
    pub fn name<'a>(&'a self, provider: Provider, email: &'a str) -> &'a str {
        self.login(provider, email).map_or(email, |login| login.name)
    }
}

fn stranger_subject(email: &str) -> String {
    let digest = Sha256::digest(email.as_bytes());
    let number = digest.iter().take(7).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    format!("9{number:017}")
}

static WORLD: World = World { logins: LOGINS, accounts: ACCOUNTS, keys: KEYS };

const LOGINS: &[Login] = &[
    Login {
        provider: Provider::Google,
        email: ANA,
        subject: "104837261950284736150",
        name: "Ana Duarte",
        username: "ana",
        accounts: &[ADS_MANAGER, "1234567890", "5550102233", "9876501234", "310000001", "310000002", "310000003"],
    },
    Login {
        provider: Provider::Google,
        email: TOM,
        subject: "117264830592746103846",
        name: "Tom Okafor",
        username: "tom",
        accounts: &["1234567890", "5550102233", "310000001", "310000002"],
    },
    Login {
        provider: Provider::Meta,
        email: ANA,
        subject: "10220000000000001",
        name: "Ana Duarte",
        username: "ana",
        accounts: &["200100200300401", "200100200300402", "200100200300403"],
    },
    Login {
        provider: Provider::Meta,
        email: TOM,
        subject: "10220000000000002",
        name: "Tom Okafor",
        username: "tom",
        accounts: &["200100200300401", "200100200300402"],
    },
    Login {
        provider: Provider::LinkedIn,
        email: ANA,
        subject: "aNa7Kq2LmP",
        name: "Ana Duarte",
        username: "ana",
        accounts: &["506001001", "506001002"],
    },
    Login {
        provider: Provider::LinkedIn,
        email: TOM,
        subject: "tOm4Xw9RsT",
        name: "Tom Okafor",
        username: "tom",
        accounts: &["506001001"],
    },
    Login {
        provider: Provider::X,
        email: ANA,
        subject: "1466000000000000001",
        name: "Acme Outdoor",
        username: "acmeoutdoor",
        accounts: &["1466000000000000001"],
    },
    Login {
        provider: Provider::X,
        email: TOM,
        subject: "1466000000000000002",
        name: "Bluebird Cafe",
        username: "bluebirdcafe",
        accounts: &["1466000000000000002"],
    },
];

const ACME: &str = "acme-outdoor.example";
const BLUEBIRD: &str = "bluebird-cafe.example";
const COBALT: &str = "cobalt-systems.example";

const ACCOUNTS: &[Account] = &[
    Account {
        provider: Provider::Google,
        id: ADS_MANAGER,
        name: "Northside Agency",
        kind: Kind::AdsManager,
        parent: None,
        site: "northside.example",
    },
    ads_customer("1234567890", "Acme Outdoor - Search", ACME),
    ads_customer("5550102233", "Bluebird Cafe - Brand", BLUEBIRD),
    ads_customer("9876501234", "Cobalt Systems - Leads", COBALT),
    plain(Provider::Google, Kind::AnalyticsProperty, "310000001", "acme-outdoor.example - GA4", ACME),
    plain(Provider::Google, Kind::AnalyticsProperty, "310000002", "bluebird-cafe.example - GA4", BLUEBIRD),
    plain(Provider::Google, Kind::AnalyticsProperty, "310000003", "cobalt-systems.example - GA4", COBALT),
    meta_account("200100200300401", "Acme Outdoor", ACME),
    meta_account("200100200300402", "Bluebird Cafe", BLUEBIRD),
    meta_account("200100200300403", "Cobalt Systems", COBALT),
    plain(Provider::LinkedIn, Kind::AdAccount, "506001001", "Acme Outdoor", ACME),
    plain(Provider::LinkedIn, Kind::AdAccount, "506001002", "Cobalt Systems", COBALT),
    plain(Provider::X, Kind::Profile, "1466000000000000001", "Acme Outdoor", ACME),
    plain(Provider::X, Kind::Profile, "1466000000000000002", "Bluebird Cafe", BLUEBIRD),
    plain(Provider::Ahrefs, Kind::Project, "900101", "Acme Outdoor", ACME),
    plain(Provider::Ahrefs, Kind::Project, "900102", "Bluebird Cafe", BLUEBIRD),
    plain(Provider::Ahrefs, Kind::Project, "900103", "Cobalt Systems", COBALT),
    plain(Provider::Copper, Kind::Crm, "700101", "Acme Outdoor", ACME),
    plain(Provider::Copper, Kind::Crm, "700102", "Bluebird Cafe", BLUEBIRD),
    plain(Provider::Copper, Kind::Crm, "700103", "Cobalt Systems", COBALT),
];

const KEYS: &[FixtureKey] = &[
    key(Provider::Ahrefs, "acme", "seo@acme-outdoor.example", "900101"),
    key(Provider::Ahrefs, "bluebird", "owner@bluebird-cafe.example", "900102"),
    key(Provider::Ahrefs, "cobalt", "seo@cobalt-systems.example", "900103"),
    key(Provider::Copper, "acme", "crm@acme-outdoor.example", "700101"),
    key(Provider::Copper, "bluebird", "owner@bluebird-cafe.example", "700102"),
    key(Provider::Copper, "cobalt", "crm@cobalt-systems.example", "700103"),
];

const fn plain(provider: Provider, kind: Kind, id: &'static str, name: &'static str, site: &'static str) -> Account {
    Account { provider, id, name, kind, parent: None, site }
}

const fn ads_customer(id: &'static str, name: &'static str, site: &'static str) -> Account {
    Account { provider: Provider::Google, id, name, kind: Kind::AdsCustomer, parent: Some(ADS_MANAGER), site }
}

const fn meta_account(id: &'static str, name: &'static str, site: &'static str) -> Account {
    Account { provider: Provider::Meta, id, name, kind: Kind::AdAccount, parent: Some(META_BUSINESS), site }
}

const fn key(provider: Provider, name: &'static str, email: &'static str, account: &'static str) -> FixtureKey {
    FixtureKey { provider, name, email, account }
}
