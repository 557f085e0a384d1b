//! Connections that are used more than once.

use antiphon_tests::{Browser, Cell, Running, Site};

/// HTTP/1.1 goes on until somebody says otherwise, HTTP/1.0 ends unless somebody does.
pub(crate) fn connections_go_on_as_agreed(cell: Cell) {
    let site = small_site();
    let server = site.served(cell, "");
    for (version, field, connection) in [
        ("1.1", "", None),
        ("1.1", "Connection: keep-alive\r\n", None),
        ("1.1", "Connection: close\r\n", Some("close")),
        ("1.0", "Connection: keep-alive\r\n", Some("keep-alive")),
        ("1.0", "", Some("close")),
    ] {
        let mut browser = Browser::connect(server.address());
        for _ in 0..3 {
            for target in ["/small", "/large", "/nothing"] {
                browser.sends(format!("GET {target} HTTP/{version}\r\nHost: a\r\n{field}\r\n"));
                let answer = browser.hears_answer();
                assert_eq!(answer.field("Connection"), connection, "{version} {field}");
                assert!(target != "/small" || answer.text() == "small");
                assert!(target != "/large" || answer.content.len() == LARGE);
                if answer.closes() {
                    browser.hears_the_end();
                    browser = Browser::connect(server.address());
                }
            }
        }
    }
}

/// Large and small files, errors and heads, asked for all at once.
pub(crate) fn answers_come_in_order(cell: Cell) {
    let site = small_site();
    let server = site.served(cell, "");
    let mut browser = Browser::connect(server.address());
    let mut twin = browser.peer().twin();
    let burst = "GET /small HTTP/1.1\r\nHost: a\r\n\r\n\
        GET /large HTTP/1.1\r\nHost: a\r\n\r\n\
        HEAD /large HTTP/1.1\r\nHost: a\r\n\r\n\
        GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n\
        GET /large HTTP/1.1\r\nHost: a\r\nRange: bytes=1-3\r\n\r\n"
        .repeat(50);
    let sender = std::thread::spawn(move || twin.send(burst));
    for _ in 0..50 {
        assert_eq!(browser.hears_answer().text(), "small");
        let large = browser.hears_answer();
        assert!(large.content.len() == LARGE && large.content.iter().all(|byte| *byte == b'x'));
        assert_eq!(browser.hears_head().field("Content-Length"), Some(&*LARGE.to_string()));
        assert_eq!(browser.hears_answer().status, 404);
        assert_eq!(browser.hears_answer().text(), "xxx");
    }
    sender.join().expect("all is sent");
    browser.leaves();
}

/// The last response says that it is the last.
pub(crate) fn requests_of_a_connection_are_counted(cell: Cell) {
    let site = small_site();
    let server = site.served(cell, "--requests-per-connection 3");
    let mut browser = Browser::connect(server.address());
    let burst = "GET /small HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5);
    browser.sends(burst);
    for number in 1..=3 {
        let answer = browser.hears_answer();
        assert_eq!((answer.text(), answer.closes()), ("small", number == 3));
    }
    browser.hears_the_end();
}

/// Content has no meaning here, and what is in it is never taken for a request.
pub(crate) fn content_is_read_past(cell: Cell) {
    let site = small_site();
    let server = site.served(cell, "");
    let hidden = "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1_000);
    let mut browser = Browser::connect(server.address());
    browser.sends(format!(
        "GET /small HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{hidden}",
        hidden.len()
    ));
    assert_eq!(browser.hears_answer().text(), "small");
    assert_eq!(browser.gets("/small").text(), "small");
    browser.sends("GET /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for chunk in hidden.as_bytes().chunks(999) {
        browser.sends(format!("{:x}\r\n", chunk.len()));
        browser.sends(chunk);
        browser.sends("\r\n");
    }
    browser.sends("0\r\n\r\n");
    assert_eq!(browser.hears_answer().text(), "small");
    assert_eq!(browser.gets("/small").text(), "small");
    browser.leaves();
    too_much_content(&server);
}

/// The answer arrives, although much was sent that nobody has read.
#[track_caller]
fn too_much_content(server: &Running) {
    for method in ["GET", "POST"] {
        let mut browser = Browser::connect(server.address());
        browser.sends(format!(
            "{method} /small HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n"
        ));
        browser.peer().send_in_vain("x".repeat(500_000));
        let answer = browser.hears_answer();
        assert!(matches!(answer.status, 405 | 413) && answer.closes(), "{}", answer.head);
        browser.hears_the_end();
    }
}

/// The client may ask whether its content is wanted; it is not, and that is said at once.
pub(crate) fn expectations_are_answered_at_once(cell: Cell) {
    let site = small_site();
    let server = site.served(cell, "");
    let mut browser = Browser::connect(server.address());
    browser.sends(
        "GET /small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
    );
    let answer = browser.hears_answer();
    assert!(answer.text() == "small" && answer.closes());
    browser.hears_the_end();
}

/// All of it is asked, then the client closes its side: everything is answered.
pub(crate) fn half_closed_is_answered(cell: Cell) {
    let site = small_site();
    let server = site.served(cell, "");
    let mut browser = Browser::connect(server.address());
    browser.sends("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
    browser.peer().ends();
    for _ in 0..3 {
        assert_eq!(browser.hears_answer().content.len(), LARGE);
    }
    browser.hears_the_end();
}

/// As many as a browser with many windows, or a proxy, keeps.
pub(crate) fn two_hundred_connections(cell: Cell) {
    // All cells run in one process, whose descriptors are not for all of them at a time.
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let site = small_site();
    let server = site.served(cell, "");
    let mut browsers: Vec<Browser> = (0..200).map(|_| Browser::connect(server.address())).collect();
    for round in 0..3 {
        let target = if round == 1 { "/large" } else { "/small" };
        for browser in &mut browsers {
            browser.sends(format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        }
        for browser in browsers.iter_mut().rev() {
            let answer = browser.hears_answer();
            assert_eq!(answer.content.len(), if round == 1 { LARGE } else { "small".len() });
        }
    }
    browsers.into_iter().for_each(Browser::leaves);
}

fn small_site() -> Site {
    let site = Site::new();
    site.write("small", "small");
    site.write("large", "x".repeat(LARGE));
    site
}

/// More than is kept in memory.
const LARGE: usize = 100_000;
