//! Every behaviour of HTTP over every model: the table.

#![cfg(target_os = "linux")]

#[path = "http/mod.rs"]
mod behaviour;
#[path = "../protocol/tests/http_rows/table.rs"]
mod table;

antiphon_tests::cells! {
    lists {
        browsing {
            all {
                rows_whole
                rows_in_pieces
                rows_pipelined
                no_spelling_leads_out

                a_directory_is_its_index_or_nothing
                a_large_file_is_told_from_what_it_was
                an_unreadable_directory_has_files
                an_unreadable_file_is_forbidden
                coded_siblings_are_taken
                conditions_hold_until_the_file_changes
                files_come_as_they_are
                files_may_be_of_any_age
                numbers_may_be_large
                parts_are_cut_exactly
                types_are_told_by_the_name
                what_changes_is_seen_a_second_later
                what_is_no_file_here_is_refused
                writers_of_a_fifo_sleep_on

                columns_sort
                links_lead_to_the_files
                listings_have_to_be_allowed
                names_cannot_break_out
                nothing_else_is_listed

                an_unfinished_head_is_told
                a_halt_tells_who_is_asking
                empty_lines_are_silence
                silence_ends_in_silence
                silence_lasts_as_long_as_is_allowed
                silent_connections_hold_workers_for_a_moment
                the_time_runs_from_the_accept
                unfinished_content_is_given_up

                answers_come_in_order
                connections_go_on_as_agreed
                content_is_read_past
                expectations_are_answered_at_once
                half_closed_is_answered
                requests_of_a_connection_are_counted

                a_file_that_grows_is_cut
                a_file_that_shrinks_ends_the_connection
                a_halt_lets_a_file_arrive
                a_reader_above_the_least_rate_is_kept
                a_reader_below_the_least_rate_is_dropped
            }
            sequential {}
            concurrent {
                a_slow_reader_delays_nobody
            }
            undivided {}
            roomy {
                a_full_server_says_so
            }
            multiplexed {
                two_hundred_connections
            }
        }
    }
    models {
        iterative: sequential (tcp) = "iterative";
        threaded: concurrent (tcp) = "threaded";
        prethreaded: pooled (tcp) = "prethreaded";
        select: multiplexed (tcp) = "select";
        poll: multiplexed (tcp) = "poll";
        epoll: multiplexed (tcp) = "epoll";
    }
    services {
        http: Http {
            tcp { browsing }
            udp {}
            both {}
        }
    }
}

#[test]
fn the_table_has_every_model() {
    use antiphon_server::Model;
    use clap::ValueEnum as _;
    assert_eq!(MODELS.len(), Model::value_variants().len(), "a model is in no cell");
}
