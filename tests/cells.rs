//! Every behaviour over every cell: the table.

#![cfg(target_os = "linux")]

mod behaviour;
mod complete;

antiphon_tests::cells! {
    lists {
        conversing {
            all {
                close_while_replies_are_on_their_way
                half_close
                halt_answers_what_was_received
                halt_ends_the_server
                halt_frees_those_who_wait
                messages_per_connection
                one_place_is_enough
                pipelined_burst
                requests_per_connection
                reset_in_every_phase
            }
            sequential {
                the_system_refuses_the_second_client
            }
            concurrent {
                client_that_never_reads
                halting_server_lets_nobody_in
            }
            undivided {}
            roomy {
                full_server_refuses
                full_server_refuses_a_crowd
            }
            multiplexed {
                urgent_data_closes_the_connection
            }
        }

        patient {
            all {
                halt_does_not_wait_for_ever
                idle_client_is_let_go
                unread_replies_are_given_up
            }
            sequential {
                the_next_client_waits_no_longer_than_the_timeout
            }
            concurrent {}
            undivided {}
            roomy {}
            multiplexed {}
        }

        lines {
            all {
                binary_rubbish
                end_of_input_with_an_unfinished_line
                exit_answers_what_came_before
                exit_without_line_end
                half_a_line_waits_for_the_end
                half_a_request_is_told_of_the_halt
                halt_answers_what_is_not_read_yet
                what_comes_too_late_destroys_no_reply
                line_at_the_limit
                line_cut_at_every_byte
                line_too_long
                message_without_line_end
                one_line_in_ten_segments
                quit_ends_at_once
                two_lines_in_one_segment
                web_request
            }
            sequential {}
            concurrent {
                exit_answers_what_others_have_sent
                half_a_line_then_a_reset
            }
            undivided {}
            roomy {}
            multiplexed {}
        }

        calculating {
            all {
                a_browser_by_chance
                exit_from_nobody
                exit_halts
                one_client
                one_client_after_the_other

                many_requests_may_take_longer_than_one
                slow_request_is_refused
            }
            sequential {
                the_second_client_waits
            }
            concurrent {
                exit_halts_with_others_there
                two_clients_interleaved
            }
            undivided {
                two_places_and_three_clients
            }
            roomy {}
            multiplexed {}
        }

        bytes [
            a_mebibyte_both_ways
            binary_comes_back
            every_byte_comes_back_at_once
            nothing_is_interpreted
            utf8_survives
        ]

        greeting {
            all {
                comes_and_goes_in_every_way
                greets_and_ends
                greets_whatever_a_request_is
                halts_while_somebody_lingers
                message_of_ones_own
                says_hi_afterwards
                says_hi_first
                says_much
            }
            sequential {}
            concurrent {
                all_are_greeted_at_once
            }
            undivided {}
            roomy {}
            multiplexed {}
        }

        datagrams [
            datagrams_of_every_size
            empty_datagram
            garbage_in_datagrams
            halt_answers_what_arrived
            many_senders
            one_datagram_one_reply
            replies_come_from_the_bound_address
            senders_that_are_gone
        ]

        line_datagrams [
            exit_in_a_datagram_halts
            exit_in_a_datagram_may_be_forbidden
            no_reply_to_a_reply
            quit_in_a_datagram_is_answered
            web_request_in_a_datagram
        ]

        byte_datagrams [nothing_in_a_datagram_is_interpreted]

        greeting_datagrams [
            message_of_ones_own_in_a_datagram
            no_reply_to_a_reply
        ]

        conversing_on_both [
            client_that_never_reads_delays_no_datagram
            full_server_still_answers_datagrams
            one_port_for_both
        ]

        lines_on_both [exit_halts_both]

        greeting_on_both [greets_on_both]

        everywhere [
            corpus
            dual_stack
            ipv6
            only_v6
        ]
    }
    models {
        iterative: sequential (tcp udp) = "iterative";
        threaded: concurrent (tcp) = "threaded";
        prethreaded: pooled (tcp udp) = "prethreaded";
        select: multiplexed (tcp udp both) = "select";
        poll: multiplexed (tcp udp both) = "poll";
        epoll: multiplexed (tcp udp both) = "epoll";
        epoll_in_three_loops: sharded (tcp udp both) = "epoll --workers 3";
    }
    services {
        calc: Calc {
            tcp { everywhere conversing patient lines calculating }
            udp { everywhere datagrams line_datagrams }
            both { everywhere conversing_on_both lines_on_both }
        }
        echo: Echo {
            tcp { everywhere conversing patient bytes }
            udp { everywhere datagrams byte_datagrams }
            both { everywhere conversing_on_both }
        }
        greet: Greet {
            tcp { everywhere greeting }
            udp { everywhere datagrams greeting_datagrams }
            both { everywhere greeting_on_both }
        }
        prefix_echo: PrefixEcho {
            tcp { everywhere conversing lines }
            udp { everywhere datagrams line_datagrams }
            both { everywhere conversing_on_both lines_on_both }
        }
        upper: Upper {
            tcp { everywhere conversing bytes }
            udp { everywhere datagrams byte_datagrams }
            both { everywhere conversing_on_both }
        }
    }
}
