//! The pure core of antiphon.

#![no_std]
// Peers choose the input, so nothing here may be able to panic on it.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

#[cfg(test)]
extern crate std;

pub mod calc;
pub mod writer;

pub use crate::writer::{Full, Writer};
