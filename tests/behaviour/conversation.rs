//! Whole conversations, each a text file under `transcripts/`.

use antiphon_tests::{Cell, transcript};

/// Makes a behaviour of each file.
macro_rules! transcripts {
    ($($name:ident)*) => {
        $(
            pub(crate) fn $name(cell: Cell) {
                transcript::play(cell, include_str!(concat!("../transcripts/calc/", stringify!($name), ".txt")));
            }
        )*
    };
}

transcripts! {
    a_browser_by_chance
    exit_from_nobody
    exit_halts
    exit_halts_with_others_there
    one_client
    one_client_after_the_other
    the_second_client_waits
    two_clients_interleaved
    two_places_and_three_clients
}
