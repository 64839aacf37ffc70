//! A component behind the face that fixtures are run against: in the sandbox, as in service.

use std::sync::Arc;

use relink_fixtures::{Subject, contract};
use relink_runtime::Plugin;

use super::convert;

/// A loaded plugin as the subject of fixtures.
pub(super) struct Sandboxed(Arc<Plugin>);

impl Sandboxed {
    pub(super) const fn new(plugin: Arc<Plugin>) -> Self {
        Self(plugin)
    }
}

impl Subject for Sandboxed {
    fn describe(&self) -> contract::Descriptor {
        convert::described(self.0.descriptor())
    }

    fn classify(&mut self, failure: contract::Failure) -> Result<contract::Diagnosis, String> {
        let diagnosis = self.0.classify(convert::to_failure(failure));
        diagnosis.map(convert::diagnosis).map_err(|fault| fault.to_string())
    }

    /// A fixture need not name the auth method, but the host always does.
    fn step(
        &mut self,
        context: &contract::Context,
        state: &[u8],
        event: contract::Event,
    ) -> Result<contract::Step, String> {
        let mut context = convert::to_context(context);
        if let Some(first) = self.0.descriptor().auth.first()
            && context.auth_method.is_empty()
        {
            context.auth_method.clone_from(&first.id);
        }
        let out = self.0.step(context, state, convert::to_event(event)?);
        out.map(convert::step).map_err(|fault| fault.to_string())
    }

    fn receive(&mut self, message: contract::Message) -> Result<Vec<contract::Signal>, String> {
        let signals = self.0.receive(convert::to_message(message)).map_err(|fault| fault.to_string())?;
        Ok(signals.into_iter().map(convert::signal).collect())
    }
}
