//! Every behaviour over every cell: the table.

#![cfg(target_os = "linux")]

mod behaviour;

use antiphon_server::Model;
use clap::ValueEnum as _;

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
        calc {
            all {
                a_browser_by_chance
                exit_from_nobody
                exit_halts
                one_client
                one_client_after_the_other

                binary_rubbish
                end_of_input_with_an_unfinished_line
                half_close
                line_at_the_limit
                line_cut_at_every_byte
                line_too_long
                one_line_in_ten_segments
                pipelined_burst
                quit_ends_at_once
                requests_per_connection
                two_lines_in_one_segment
                web_request

                idle_client_is_let_go
                many_requests_may_take_longer_than_one
                slow_request_is_refused
                unread_replies_are_given_up

                exit_answers_what_came_before
                half_a_request_is_told_of_the_halt
                halt_answers_what_is_not_read_yet
                halt_answers_what_was_received
                halt_does_not_wait_for_ever
                halt_ends_the_server
                halt_frees_those_who_wait
                what_comes_too_late_destroys_no_reply

                one_place_is_enough

                close_while_replies_are_on_their_way
                reset_in_every_phase
            }
            sequential {
                the_next_client_waits_no_longer_than_the_timeout
                the_second_client_waits
                the_system_refuses_the_second_client
            }
            concurrent {
                exit_answers_what_others_have_sent
                exit_halts_with_others_there
                two_clients_interleaved
                two_places_and_three_clients

                client_that_never_reads
                half_a_line_then_a_reset
                halting_server_lets_nobody_in
            }
            roomy {
                full_server_refuses
                full_server_refuses_a_crowd
            }
            multiplexed {
                urgent_data_closes_the_connection
            }
        }
    }
}

/// A new model is to be found here, too.
#[test]
fn the_table_is_complete() {
    for model in Model::value_variants() {
        let name = model.to_possible_value().expect("every model has a name");
        assert!(MODELS.contains(&name.get_name()), "{model:?} is in no cell");
    }
}
