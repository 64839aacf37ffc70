//! The runtime as its users see it: components go in, answers and refusals come out.

#![expect(clippy::unwrap_used, reason = "what is unexpected here fails the test, as it should")]

mod abi;
mod approvals;
mod calls;
mod compile;
mod descriptors;
mod figures;
mod fixtures;
mod gates;
mod guest;
mod hostile;
mod hot_load;
mod kept;
mod lifecycle;
mod outputs;
mod proposals;
mod publishers;
mod side_by_side;
