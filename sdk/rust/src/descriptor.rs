//! Saying what the plugin is.

use crate::table::Table;
use crate::{AuthMethod, BudgetKey, Descriptor, Inbound, RateBudget};

impl Descriptor {
    /// Starts a descriptor. The version is `env!("CARGO_PKG_VERSION")`.
    ///
    /// ```
    /// use relink_sdk::{AuthMethod, BudgetKey, Descriptor};
    ///
    /// let descriptor = Descriptor::new("acme", "Acme", "1.0.0")
    ///     .alias("acme-crm")
    ///     .host("api.acme.example")
    ///     .auth(AuthMethod::bearer_key("https://acme.example/help/keys"))
    ///     .budget("requests", 60, 60_000, BudgetKey::Authorization);
    /// assert_eq!(descriptor.hosts, ["api.acme.example"]);
    /// ```
    pub fn new(id: &str, display_name: &str, version: &str) -> Self {
        Self {
            id: id.to_owned(),
            display_name: display_name.to_owned(),
            aliases: Vec::new(),
            version: version.to_owned(),
            requires: Vec::new(),
            hosts: Vec::new(),
            auth: Vec::new(),
            datasets: Vec::new(),
            budgets: Vec::new(),
            config_schema: r#"{"type":"object","properties":{}}"#.to_owned(),
            help_url: None,
            inbound: None,
        }
    }

    /// Another name under which people and data know the provider.
    pub fn alias(mut self, alias: &str) -> Self {
        self.aliases.push(alias.to_owned());
        self
    }

    /// A host that requests may go to.
    pub fn host(mut self, host: &str) -> Self {
        self.hosts.push(host.to_owned());
        self
    }

    /// A feature of the host that the plugin needs, such as "auth:oauth1".
    pub fn requires(mut self, feature: &str) -> Self {
        self.requires.push(feature.to_owned());
        self
    }

    /// A way to authorize.
    pub fn auth(mut self, method: AuthMethod) -> Self {
        self.auth.push(method);
        self
    }

    /// A dataset.
    pub fn table(mut self, table: &Table) -> Self {
        self.datasets.push(table.dataset());
        self
    }

    /// At most `calls` calls per `per_ms` milliseconds, to all hosts, counted per `key`.
    pub fn budget(mut self, name: &str, calls: u32, per_ms: u64, key: BudgetKey) -> Self {
        let hosts = self.hosts.clone();
        self.budgets.push(RateBudget { name: name.to_owned(), calls, per_ms, hosts, key });
        self
    }

    /// The JSON Schema of the settings of a connection.
    pub fn config_schema(mut self, schema: &serde_json::Value) -> Self {
        self.config_schema = schema.to_string();
        self
    }

    /// How the provider tells by itself that something changed; [`Provider::receive`](crate::Provider::receive)
    /// reads what it says.
    pub fn inbound(mut self, inbound: Inbound) -> Self {
        self.inbound = Some(inbound);
        self
    }

    /// Where a person finds the provider's own help on connecting.
    pub fn help(mut self, url: &str) -> Self {
        self.help_url = Some(url.to_owned());
        self
    }
}
