//! Makes a component of a [`Provider`](crate::Provider).

/// Exports a provider as the plugin of this crate.
///
/// On any other target than WebAssembly it does nothing, so that the same crate runs natively in
/// tests.
///
/// ```
/// # use relink_sdk::{Context, Descriptor, ErrorTable, Fetch, Flow, Provider, Request, Slice};
/// struct Acme;
///
/// impl Provider for Acme {
///     fn describe() -> Descriptor {
///         Descriptor::new("acme", "Acme", env!("CARGO_PKG_VERSION")).host("api.acme.example")
///     }
///     fn errors() -> ErrorTable {
///         ErrorTable::new("acme", "Acme", [])
///     }
///     fn probe(_: &Context) -> Flow {
///         Fetch::probe(Request::get("https://api.acme.example/me")).into()
///     }
///     fn identify(context: &Context) -> Flow {
///         Self::probe(context)
///     }
///     fn sync(_: &Context, slice: &Slice) -> Flow {
///         Flow::unknown_dataset(slice)
///     }
/// }
///
/// relink_sdk::register!(Acme);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! register {
    ($provider:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Component = $crate::export::Exported<$provider>;
    $crate::bindings::export!(Component with_types_in $crate::bindings);
        };
    };
}

#[cfg(target_arch = "wasm32")]
mod component {
    use std::marker::PhantomData;

    use crate::bindings::exports::relink::plugin::provider::Guest;
    use crate::{Context, Descriptor, Diagnosis, Event, Failure, Message, Provider, Signal, StepOut, log};

    /// Puts a provider behind the exported functions.
    #[doc(hidden)]
    pub struct Exported<P>(PhantomData<P>);

    impl<P: Provider> Guest for Exported<P> {
        fn describe() -> Descriptor {
            report_panics();
            P::describe()
        }

        fn classify(failure: Failure) -> Diagnosis {
            report_panics();
            P::classify(&failure)
        }

        fn step(context: Context, state: Vec<u8>, event: Event) -> StepOut {
            report_panics();
            P::step(&context, &state, event)
        }

        fn migrate(version: String, state: Vec<u8>) -> Option<Vec<u8>> {
            report_panics();
            P::migrate(&version, &state)
        }

        fn receive(message: Message) -> Vec<Signal> {
            report_panics();
            P::receive(&message)
        }
    }

    /// A trap carries no text, so the text of a panic goes to the operator's log before it.
    fn report_panics() {
        std::panic::set_hook(Box::new(|panic| log::error(&panic.to_string())));
    }
}

#[cfg(target_arch = "wasm32")]
pub use component::Exported;
