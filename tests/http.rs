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

                a_directory_is_its_index_or_nothing
                an_unreadable_file_is_forbidden
                conditions_hold_until_the_file_changes
                files_come_as_they_are
                files_may_be_of_any_age
                numbers_may_be_large
                parts_are_cut_exactly
                smaller_siblings_are_taken
                types_are_told_by_the_name
                what_changes_is_seen_a_second_later
                what_is_no_file_here_is_refused

                columns_sort
                links_lead_to_the_files
                listings_have_to_be_allowed
                names_cannot_break_out
                nothing_else_is_listed
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
