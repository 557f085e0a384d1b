//! Requests and replies over TCP.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::sync::mpsc::channel;

use crate::over_both_drivers;
use crate::run::{Client, client, ours, peer, read_line};

over_both_drivers! {
    a_hundred_thousand_lines_are_answered_in_order,
    a_line_may_be_very_long,
    a_line_too_long_for_a_connection_of_its_own_is_not_sent,
    a_reply_that_is_an_error_counts_as_a_no,
    a_script_may_wait_for_each_reply,
    a_word_ends_the_conversation,
    both_directions_may_be_full,
    bytes_are_shown_as_they_come,
    each_request_may_have_its_own_connection,
    every_model_answers,
    exit_halts_the_server,
    nobody_needs_the_output,
    replies_may_come_in_any_pieces,
    requests_may_stand_on_the_command_line,
    the_rest_is_shown_after_the_end_of_input,
    the_server_may_close_first,
    the_server_may_speak_first,
}

fn every_model_answers(driver: &str) {
    for model in ["iterative", "threaded", "select"] {
        let server = ours(&["--model", model]);
        let ended = client(&[&server.port, driver], "3+5\n4+5\r\n1+1");
        ended.is_done("Answer is 8\nAnswer is 9\nAnswer is 2\n");
    }
}

fn a_hundred_thousand_lines_are_answered_in_order(driver: &str) {
    let server = ours(&["--model", "select"]);
    let input: String = (0..100_000).map(|number| format!("{number}+1\n")).collect();
    let output: String = (1..=100_000).map(|number| format!("Answer is {number}\n")).collect();
    let ended = client(&[&server.port, driver], input);
    assert!(ended.out == output, "{} bytes of {}", ended.out.len(), output.len());
    assert_eq!((&*ended.words, ended.code), ("", Some(0)));
}

fn a_reply_that_is_an_error_counts_as_a_no(driver: &str) {
    let server = ours(&[]);
    let ended = client(&[&server.port, driver], "1+1\nx\n2+2\n");
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.words, "");
    let lines: Vec<_> = ended.out.lines().collect();
    assert!(lines[1].starts_with("Error: "), "{lines:?}");
    assert_eq!((lines[0], lines[2]), ("Answer is 2", "Answer is 4"));
}

fn requests_may_stand_on_the_command_line(driver: &str) {
    let server = ours(&[]);
    let ended = client(&[&server.port, driver, "--request", "3+5", "--request", "-1+1"], "9+9\n");
    ended.is_done("Answer is 8\nAnswer is 0\n");
}

fn a_word_ends_the_conversation(driver: &str) {
    let server = ours(&[]);
    client(&[&server.port, driver], "3+5\nquit()\n1+1\n").is_done("Answer is 8\nquit()\n");
    client(&[&server.port, driver], "3+5\nbye\n1+1\n").is_done("Answer is 8\n");
    client(&[&server.port, driver], "quit()").is_done("quit()\n");
    client(&[&server.port, driver], "").is_done("");
    // The client ends, though its input stays open.
    let mut waiting = Client::start(&[&server.port, driver]);
    waiting.say("3+5\nquit()\n");
    waiting.end().is_done("Answer is 8\nquit()\n");
}

fn exit_halts_the_server(driver: &str) {
    let server = ours(&[]);
    client(&[&server.port, driver], "exit()\n").is_done("exit()\n");
    server.join();
}

fn a_script_may_wait_for_each_reply(driver: &str) {
    let server = ours(&[]);
    let mut client = Client::start(&[&server.port, driver]);
    for number in 0..100 {
        client.say(&format!("{number}+1\n"));
        client.expect(&format!("Answer is {}\n", number + 1));
    }
    drop(client.input.take());
    client.end().is_done("");
}

fn the_server_may_speak_first(driver: &str) {
    let (port, peer) = peer(1, |mut stream| {
        stream.write_all(b"Welcome\r\n").unwrap();
        let line = read_line(&stream);
        stream.write_all(b"got: ").unwrap();
        stream.write_all(line.as_bytes()).unwrap();
        // A close before the client has finished would be remarked on.
        stream.read_to_end(&mut Vec::new()).unwrap();
    });
    let mut client = Client::start(&[&port, driver]);
    client.expect("Welcome\n");
    client.say("Hi\n");
    drop(client.input.take());
    client.end().is_done("got: Hi\n");
    peer.join().unwrap();
}

fn replies_may_come_in_any_pieces(driver: &str) {
    for pieces in [1, 5, 1000] {
        let (port, peer) = peer(1, move |mut stream| {
            stream.set_nodelay(true).unwrap();
            stream.read_to_end(&mut Vec::new()).unwrap();
            for piece in b"Answer is 8\r\nAnswer is 9\r\nquit()".chunks(pieces) {
                stream.write_all(piece).unwrap();
            }
        });
        let ended = client(&[&port, driver], "3+5\n4+5\nquit()\n");
        ended.is_done("Answer is 8\nAnswer is 9\nquit()\n");
        peer.join().unwrap();
    }
}

fn bytes_are_shown_as_they_come(driver: &str) {
    let (go_on, seen) = channel();
    let (port, peer) = peer(1, move |mut stream| {
        read_line(&stream);
        for piece in ["no ", "line end ", "at all"] {
            stream.write_all(piece.as_bytes()).unwrap();
            seen.recv().unwrap();
        }
    });
    let mut client = Client::start(&[&port, driver, "--request", "speak"]);
    for piece in ["no ", "line end ", "at all"] {
        client.expect(piece);
        go_on.send(()).unwrap();
    }
    client.end().is_done("\n");
    peer.join().unwrap();
}

fn the_rest_is_shown_after_the_end_of_input(driver: &str) {
    let (port, peer) = peer(1, |mut stream| {
        let mut request = String::new();
        stream.read_to_string(&mut request).unwrap();
        assert_eq!(request, "tell me\n");
        stream.write_all(b"all of it\r\nand more\r\n").unwrap();
    });
    client(&[&port, driver], "tell me").is_done("all of it\nand more\n");
    peer.join().unwrap();
}

fn both_directions_may_be_full(driver: &str) {
    // This echo reads nothing while it writes, so the client must read to be read from.
    let (port, peer) = peer(1, |mut stream| {
        let mut memory = vec![0; 1 << 20];
        loop {
            let count = stream.read(&mut memory).unwrap();
            if count == 0 {
                break;
            }
            stream.write_all(&memory[..count]).unwrap();
        }
    });
    let input = "0123456789abcdef\n".repeat(1 << 20);
    let ended = client(&[&port, driver], &input);
    assert!(ended.out == input, "{} bytes of {}", ended.out.len(), input.len());
    assert_eq!((&*ended.words, ended.code), ("", Some(0)));
    peer.join().unwrap();
}

fn a_line_may_be_very_long(driver: &str) {
    let (port, peer) = peer(1, |mut stream| {
        std::io::copy(&mut stream.try_clone().unwrap(), &mut stream).unwrap();
    });
    let line = "x".repeat(300_000);
    client(&[&port, driver], &line).is_done(&format!("{line}\n"));
    peer.join().unwrap();
}

fn a_line_too_long_for_a_connection_of_its_own_is_not_sent(driver: &str) {
    // Neither the front of it nor the tail, which would halt the server.
    let server = ours(&[]);
    for length in [65_535, 300_000] {
        let input = format!("1+1\n{}exit()\n2+2\n", "x".repeat(length));
        let ended = client(&[&server.port, driver, "--reconnect"], input);
        ended.is_no("Answer is 2\nAnswer is 4\n", "a line of more than 65534 bytes is too long");
        assert_eq!(ended.words.lines().count(), 1, "{}", ended.words);
    }
    client(&[&server.port, driver], "3+5\n").is_done("Answer is 8\n");
}

fn each_request_may_have_its_own_connection(driver: &str) {
    let (port, peer) = peer(3, |mut stream| {
        let line = read_line(&stream);
        stream.write_all(line.to_uppercase().as_bytes()).unwrap();
    });
    client(&[&port, driver, "--reconnect"], "a\nb\nquit()\nd\n").is_done("A\nB\nQUIT()\n");
    peer.join().unwrap();
}

fn the_server_may_close_first(driver: &str) {
    // Nothing is owed, so this is no failure; but who has typed nothing yet wants to know.
    let (port, peer) = peer(1, |mut stream| stream.write_all(b"Good bye\r\n").unwrap());
    let ended = Client::start(&[&port, driver]).end();
    assert_eq!((&*ended.out, ended.code), ("Good bye\n", Some(0)));
    assert_eq!(ended.words, "antiphon-client: the server closed the connection\n");
    peer.join().unwrap();
}

fn nobody_needs_the_output(driver: &str) {
    let (port, peer) = peer(1, |mut stream| {
        // The client goes away in the middle of this.
        while stream.write_all(&[b'y'; 1000]).is_ok() {}
        stream.shutdown(Shutdown::Both).unwrap_or_default();
    });
    let mut client = Client::start(&[&port, driver]);
    client.expect("yyy");
    let Client { output, .. } = &mut client;
    // As `head` would: it closes its end of the pipe.
    drop(std::mem::replace(output, empty_output()));
    let ended = client.end();
    assert_eq!((&*ended.words, ended.code), ("", Some(0)));
    peer.join().unwrap();
}

/// The output of a program that has none.
fn empty_output() -> std::process::ChildStdout {
    let mut child = std::process::Command::new(crate::run::PROGRAM)
        .arg("--version")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    child.wait().unwrap();
    output
}
