//! A provider behind the face that fixtures are run against: natively, without a sandbox.

use std::marker::PhantomData;

use relink_fixtures::{Subject, contract};

use super::convert;
use crate::Provider;

/// The functions of `P` as the subject of fixtures.
pub(super) struct Native<P>(PhantomData<P>);

impl<P> Native<P> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<P: Provider> Subject for Native<P> {
    fn describe(&self) -> contract::Descriptor {
        convert::descriptor(&P::describe())
    }

    fn classify(&mut self, failure: contract::Failure) -> Result<contract::Diagnosis, String> {
        Ok(convert::diagnosis(P::classify(&convert::failure(failure))))
    }

    fn step(
        &mut self,
        context: &contract::Context,
        state: &[u8],
        event: contract::Event,
    ) -> Result<contract::Step, String> {
        Ok(convert::step(P::step(&convert::context(context), state, convert::event(event))))
    }

    fn receive(&mut self, message: contract::Message) -> Result<Vec<contract::Signal>, String> {
        Ok(P::receive(&convert::message(message)).into_iter().map(convert::signal).collect())
    }
}
