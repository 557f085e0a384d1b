//! What is expected of every server, whatever its architecture: one function for each behaviour.
//!
//! Which apply to which cell is said in the table of `cells.rs`.

mod conversation;
mod fault;
mod framing;
mod halting;
mod place;
mod timeout;

pub(crate) use conversation::*;
pub(crate) use fault::*;
pub(crate) use framing::*;
pub(crate) use halting::*;
pub(crate) use place::*;
pub(crate) use timeout::*;
