//! What is expected of every server of HTTP, whatever its architecture: one function for each
//! behaviour. Which apply to which model is said in the table of `http.rs`.

mod content;
mod listing;
mod patience;
mod persistence;
mod rows;
mod sending;

pub(crate) use content::*;
pub(crate) use listing::*;
pub(crate) use patience::*;
pub(crate) use persistence::*;
pub(crate) use rows::*;
pub(crate) use sending::*;
