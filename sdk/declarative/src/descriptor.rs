//! What the plugin says about itself.

use relink_sdk::Descriptor;

use crate::plugin::Plugin;
use crate::settings;

impl Plugin {
    pub(crate) fn described(&'static self) -> Descriptor {
        let mut descriptor =
            Descriptor::new(&self.id, &self.name, &self.version).config_schema(&settings::schema(&self.settings));
        descriptor.aliases.clone_from(&self.aliases);
        descriptor.hosts.clone_from(&self.hosts);
        descriptor.help_url.clone_from(&self.help_url);
        descriptor.auth = self.auth.methods();
        descriptor.datasets = self.datasets.iter().map(|(name, dataset)| dataset.described(name)).collect();
        descriptor.budgets = self.budgets.iter().map(|(name, budget)| budget.lowered(name, &self.hosts)).collect();
        descriptor
    }
}
