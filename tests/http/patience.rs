//! How long a server waits, and for what.

use std::time::{Duration, Instant};

use antiphon_tests::{Browser, Cell, Running, Site};

/// A head that does not end, sent at once or byte by byte, is told so.
pub(crate) fn an_unfinished_head_is_told(cell: Cell) {
    let site = site();
    let server = site.served(cell, "--request-timeout 0.4 --max-connections 1");
    for pause in [5_000, 30] {
        let begin = Instant::now();
        let mut slow = Browser::connect(server.address());
        slow.sends("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        let ended = (0..500).any(|_| {
            let heard = slow.peer().hears_something_within(Duration::from_millis(pause));
            slow.peer().send_in_vain(if heard { "" } else { "x" });
            heard
        });
        assert!(ended && begin.elapsed() >= Duration::from_millis(400), "{:?}", begin.elapsed());
        let answer = slow.hears_answer();
        assert!(answer.status == 408 && answer.closes(), "{}", answer.head);
        slow.hears_the_end();
        drop(slow);
        serves(&server);
    }
}

/// The time runs from the accept: silence first does not buy any more of it.
pub(crate) fn the_time_runs_from_the_accept(cell: Cell) {
    let site = site();
    let server = site.served(cell, "--request-timeout 0.8");
    let begin = Instant::now();
    let mut slow = Browser::connect(server.address());
    assert!(!slow.peer().hears_something_within(Duration::from_millis(600)));
    slow.sends("GET / HTTP/1.1\r\n");
    assert_eq!(slow.hears_answer().status, 408);
    assert!(begin.elapsed() < Duration::from_millis(1_350), "{:?}", begin.elapsed());
}

/// Whoever connects and says nothing, or says no more, is let go without a word: a browser would
/// take it for the answer to its next request.
pub(crate) fn silence_ends_in_silence(cell: Cell) {
    let site = site();
    let server = site.served(cell, "--request-timeout 0.3 --idle-timeout 0.5 --max-connections 1");
    for asks in [false, true] {
        let begin = Instant::now();
        let mut silent = Browser::connect(server.address());
        if asks {
            assert_eq!(silent.gets("/small").text(), "small");
        }
        silent.hears_the_end();
        let least = Duration::from_millis(if asks { 500 } else { 300 });
        assert!(begin.elapsed() >= least, "{:?}", begin.elapsed());
        drop(silent);
        serves(&server);
    }
}

/// Empty lines are allowed before a request, and are none.
pub(crate) fn empty_lines_are_silence(cell: Cell) {
    let site = site();
    let server = site.served(cell, "--idle-timeout 0.5 --max-connections 1");
    let mut silent = Browser::connect(server.address());
    assert_eq!(silent.gets("/small").text(), "small");
    let ended = (0..50).any(|count| {
        silent.peer().send_in_vain(["\r", "\n"][count % 2]);
        silent.peer().hears_something_within(Duration::from_millis(60))
    });
    assert!(ended, "empty lines hold a place");
    assert_eq!(silent.is_dropped(), b"");
    serves(&server);
}

/// Content that does not come, either.
pub(crate) fn unfinished_content_is_given_up(cell: Cell) {
    let site = site();
    let server = site.served(cell, "--request-timeout 0.4 --max-connections 1");
    let mut slow = Browser::connect(server.address());
    slow.sends("GET /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx");
    assert_eq!(slow.hears_answer().text(), "small");
    let ended = (0..500).any(|_| {
        slow.peer().send_in_vain("x");
        slow.peer().hears_something_within(Duration::from_millis(20))
    });
    assert!(ended, "content a byte at a time holds a place");
    // The request has its response already.
    assert_eq!(slow.is_dropped(), b"");
    serves(&server);
}

/// Browsers connect ahead of need. Where that holds a worker, it does so for a second and no more.
pub(crate) fn silent_connections_hold_workers_for_a_moment(cell: Cell) {
    let site = site();
    let server = site.served(cell, "--request-timeout 60");
    // More than prethreaded has workers.
    let count = if cell.model == "iterative" { 2 } else { 9 };
    let mut silent: Vec<Browser> = (0..count).map(|_| Browser::connect(server.address())).collect();
    let begin = Instant::now();
    serves(&server);
    assert!(begin.elapsed() < Duration::from_secs(6), "{:?}", begin.elapsed());
    if matches!(cell.model, "iterative" | "prethreaded") {
        silent[0].hears_the_end();
        let mut browser = Browser::connect(server.address());
        assert_eq!(browser.gets("/small").text(), "small");
        browser.hears_the_end();
    } else {
        silent.iter_mut().for_each(|silent| silent.peer().has_heard_nothing());
    }
}

/// Unless longer is what was asked for.
pub(crate) fn silence_lasts_as_long_as_is_allowed(cell: Cell) {
    let site = site();
    let server = site.served(cell, "--idle-timeout 1.5");
    let mut silent = Browser::connect(server.address());
    assert_eq!(silent.gets("/small").text(), "small");
    let begin = Instant::now();
    silent.hears_the_end();
    assert!(begin.elapsed() >= Duration::from_millis(1_400), "{:?}", begin.elapsed());
}

/// A halt leaves those alone who say nothing, and tells the others.
pub(crate) fn a_halt_tells_who_is_asking(cell: Cell) {
    let site = site();
    let server = site.served(cell, "");
    let mut asking = Browser::connect(server.address());
    assert_eq!(asking.gets("/small").text(), "small");
    asking.sends("GET /small HTTP/1.1\r\n");
    asking.peer().is_read();
    server.halt();
    let answer = asking.hears_answer();
    assert!(answer.status == 503 && answer.closes(), "{}", answer.head);
    asking.hears_the_end();
    server.ends();

    for content in ["", "GET /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx"] {
        let server = site.served(cell, "");
        let mut quiet = Browser::connect(server.address());
        assert_eq!(quiet.gets("/small").text(), "small");
        if !content.is_empty() {
            quiet.sends(content);
            assert_eq!(quiet.hears_answer().text(), "small");
        }
        server.halt();
        quiet.hears_the_end();
        server.ends();
    }
}

/// A client beyond the last place reads that the server is busy.
pub(crate) fn a_full_server_says_so(cell: Cell) {
    let site = site();
    let server = site.served(cell, "--max-connections 1 --when-full refuse");
    let mut first = Browser::connect(server.address());
    assert_eq!(first.gets("/small").text(), "small");
    let mut second = Browser::connect(server.address());
    second.peer().send_in_vain("GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
    let answer = second.hears_answer();
    assert!(answer.status == 503 && answer.closes(), "{}", answer.head);
    second.hears_the_end();
    assert_eq!(first.gets("/small").text(), "small");
    first.leaves();
}

#[track_caller]
fn serves(server: &Running) {
    let mut browser = Browser::connect(server.address());
    assert_eq!(browser.gets("/small").text(), "small");
    browser.leaves();
}

fn site() -> Site {
    let site = Site::new();
    site.write("small", "small");
    site
}
