//! Making accounts.

use crate::Account;

impl Account {
    /// An account of no particular kind and without a parent.
    ///
    /// ```
    /// use relink_sdk::Account;
    ///
    /// let account = Account { parent: Some("act_0".into()), ..Account::new("act_1", "Example Inc") };
    /// assert_eq!((account.id.as_str(), account.kind), ("act_1", None));
    /// ```
    pub fn new(id: impl Into<String>, label: impl Into<String>) -> Self {
        Self { id: id.into(), label: label.into(), kind: None, parent: None }
    }
}
