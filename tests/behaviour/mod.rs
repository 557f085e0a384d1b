//! What is expected of every server, whatever its architecture: one function for each behaviour.
//!
//! Which apply to which cell is said in the table of `cells.rs`.

mod addresses;
mod both;
mod bytes;
mod conversation;
mod datagrams;
mod fault;
mod greeting;
mod halting;
mod lines;
mod place;
mod streams;
mod timeout;

pub(crate) use addresses::*;
pub(crate) use both::*;
pub(crate) use bytes::*;
pub(crate) use conversation::*;
pub(crate) use datagrams::*;
pub(crate) use fault::*;
pub(crate) use greeting::*;
pub(crate) use halting::*;
pub(crate) use lines::*;
pub(crate) use place::*;
pub(crate) use streams::*;
pub(crate) use timeout::*;
