//! Every behaviour of HTTP over every model: the table.

#![cfg(target_os = "linux")]

#[path = "http/mod.rs"]
mod behaviour;
#[path = "../protocol/tests/http_rows/table.rs"]
mod table;

antiphon_tests::cells! {
    models {
        iterative: sequential
        threaded: concurrent
        prethreaded: pooled
        select: multiplexed
        poll: multiplexed
        epoll: multiplexed
    }
    services {
        http {
            all {
                rows_whole
                rows_in_pieces
                rows_pipelined
                no_spelling_leads_out
            }
            sequential {}
            concurrent {}
            roomy {}
            multiplexed {}
        }
    }
}

#[test]
fn the_table_has_every_model() {
    use antiphon_server::Model;
    use clap::ValueEnum as _;
    assert_eq!(MODELS.len(), Model::value_variants().len(), "a model is in no cell");
}
