//! Large files, on their way to slow readers.

use std::io::Write as _;
use std::time::{Duration, Instant};

use antiphon_tests::{Browser, Cell, Running, Site};

/// A slow reader gets all of it, and nobody waits for it.
pub(crate) fn a_slow_reader_delays_nobody(cell: Cell) {
    let site = large_site();
    let server = site.served(cell, "");
    let mut slow = asks_and_reads_nothing(&server);
    let mut other = Browser::connect(server.address());
    let begin = Instant::now();
    for _ in 0..200 {
        assert_eq!(other.gets("/small").text(), "small");
    }
    assert!(begin.elapsed() < Duration::from_secs(5), "the others wait");
    other.leaves();
    let answer = slow.hears_answer();
    assert!(answer.content.len() == LARGE && answer.content == large());
    slow.leaves();
}

/// What cannot be sent any more must not look as if it had been.
pub(crate) fn a_file_that_shrinks_ends_the_connection(cell: Cell) {
    let site = large_site();
    let server = site.served(cell, "");
    let mut slow = asks_and_reads_nothing(&server);
    site.file("large").set_len(1_000).expect("a file can be cut");
    let head = slow.hears_head();
    assert_eq!(head.field("Content-Length"), Some(&*LARGE.to_string()));
    let content = slow.peer().is_dropped();
    assert!(content.len() < LARGE, "{} bytes", content.len());
    drop(slow);
    serves(&server);
}

/// What has been promised is sent, and no more: the next response begins where it should.
pub(crate) fn a_file_that_grows_is_cut(cell: Cell) {
    let site = large_site();
    let server = site.served(cell, "");
    let mut slow = asks_and_reads_nothing(&server);
    slow.sends("GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut file = site.file("large");
    file.write_all(&[b'!'; 100_000]).expect("a file can grow");
    let answer = slow.hears_answer();
    assert!(answer.content == large());
    assert_eq!(slow.hears_answer().text(), "small");
    slow.leaves();
}

/// A peer that reads nothing, or a few bytes now and then, does not keep its place.
pub(crate) fn a_reader_below_the_least_rate_is_dropped(cell: Cell) {
    let site = large_site();
    let server = site.served(cell, "--request-timeout 0.5 --max-connections 1");
    for reads in [0, 1] {
        let mut slow = asks_and_reads_nothing(&server);
        let mut next = Browser::connect(server.address());
        next.sends("GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
        // A hundred bytes a second, or none.
        let served = (0..2_000).any(|_| {
            slow.peer().read(&mut [0][..reads]);
            next.peer().hears_something_within(Duration::from_millis(10))
        });
        assert!(served, "a slow reader keeps its place");
        assert_eq!(next.hears_answer().text(), "small");
        next.leaves();
    }
}

/// One that is slow, but not too slow, gets all of it: also while nothing can be sent for longer
/// than the timeout, because what the system holds has to go first.
pub(crate) fn a_reader_above_the_least_rate_is_kept(cell: Cell) {
    let site = large_site();
    let server = site.served(cell, "--request-timeout 1");
    let mut slow = asks_and_reads_nothing(&server);
    slow.hears_head();
    let mut content = slow.takes_received();
    let mut chunk = vec![0; 1 << 20];
    for _ in 0..30 {
        // Slowness is what this is about.
        std::thread::sleep(Duration::from_millis(100));
        let count = slow.peer().read(&mut chunk[..20_000]);
        content.extend_from_slice(&chunk[..count]);
    }
    while content.len() < LARGE {
        let count = slow.peer().read(&mut chunk);
        assert!(count > 0, "the end came at {}", content.len());
        content.extend_from_slice(&chunk[..count]);
    }
    assert!(content == large());
    slow.leaves();
}

/// What is on its way when the server halts still arrives.
pub(crate) fn a_halt_lets_a_file_arrive(cell: Cell) {
    let site = large_site();
    let server = site.served(cell, "");
    let mut slow = asks_and_reads_nothing(&server);
    server.halt();
    let answer = slow.hears_answer();
    assert!(answer.content == large());
    slow.hears_the_end();
    server.ends();
}

/// Asks for the large file; it is on its way, and finds no room.
#[track_caller]
fn asks_and_reads_nothing(server: &Running) -> Browser {
    let mut slow = Browser::connect(server.address());
    slow.sends("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    slow.peer().is_read();
    assert!(slow.peer().hears_something_within(antiphon_tests::LIMIT));
    slow
}

#[track_caller]
fn serves(server: &Running) {
    let mut browser = Browser::connect(server.address());
    assert_eq!(browser.gets("/small").text(), "small");
    browser.leaves();
}

fn large_site() -> Site {
    let site = Site::new();
    site.write("small", "small");
    site.write("large", large());
    site
}

fn large() -> Vec<u8> {
    // No part of it is as the next one.
    let period: Vec<u8> = (0..1009_u32).map(|number| (number * number % 251) as u8).collect();
    period.repeat(LARGE / period.len())
}

/// More than any socket has room for.
const LARGE: usize = 30_000 * 1009;
