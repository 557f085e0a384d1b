//! Whole conversations, each a text file under `transcripts/`.

use antiphon_tests::{Cell, Speech, transcript};

/// Makes a behaviour of each file of the calculator.
macro_rules! transcripts {
    ($($name:ident)*) => {
        $(
            pub(crate) fn $name(cell: Cell) {
                let text = include_str!(concat!("../transcripts/calc/", stringify!($name), ".txt"));
                transcript::play(cell, text);
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

/// What every cell of the service says the same, byte for byte, over every transport.
pub(crate) fn corpus(cell: Cell) {
    let texts: &[&str] = match cell.speech {
        Speech::Calc => &[include_str!("../transcripts/calc/corpus.txt")],
        Speech::Echo => &[
            include_str!("../transcripts/echo/corpus.txt"),
            include_str!("../transcripts/echo/lines.txt"),
        ],
        Speech::Greet => &[include_str!("../transcripts/greet/corpus.txt")],
        Speech::Http => unreachable!("its rows are in tests/http.rs"),
        Speech::PrefixEcho => &[include_str!("../transcripts/prefix_echo/corpus.txt")],
        Speech::Upper => &[
            include_str!("../transcripts/upper/corpus.txt"),
            include_str!("../transcripts/upper/lines.txt"),
        ],
    };
    for text in texts {
        transcript::play(cell, text);
    }
}
