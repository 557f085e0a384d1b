//! The page that lists a directory.

use std::time::Duration;

use antiphon_tests::site::{SERVED, UNSPEAKABLE, content, target};
use antiphon_tests::{Browser, Cell, Site};

/// Followed as they stand, over a raw socket.
pub(crate) fn links_lead_to_the_files(cell: Cell) {
    let site = Site::hostile();
    let server = site.served(cell, "--list");
    let mut browser = Browser::connect(server.address());
    let mut reached = Vec::new();
    let mut directories = vec!["/".to_owned()];
    while let Some(directory) = directories.pop() {
        let page = browser.gets(&directory);
        assert_eq!(page.status, 200, "{directory}");
        for link in links(page.text()) {
            let Some(name) = link.strip_prefix("./") else { continue };
            let target = format!("{directory}{name}");
            if name.ends_with('/') {
                // The link to dir leads to the same directory once more.
                directories.push(target);
                continue;
            }
            let answer = browser.gets(&target);
            assert_eq!(answer.status, 200, "{target}");
            reached.push((target, answer.content));
        }
    }
    for name in SERVED {
        let found = reached.iter().find(|(reached, _)| *reached == target(name));
        let (_, found) = found.unwrap_or_else(|| panic!("no link to {}", name.escape_ascii()));
        assert!(*found == content(name), "{}", name.escape_ascii());
    }
    let through_links = ["/link%20to%20dir/inner.txt", "/link%20to%20dir/link%20up"];
    assert_eq!(reached.len(), SERVED.len() + through_links.len(), "{reached:?}");
    browser.leaves();
}

/// What is not served is not listed, unless it is served.
pub(crate) fn nothing_else_is_listed(cell: Cell) {
    let site = Site::hostile();
    for (options, hidden) in [("--list", 0), ("--list --dotfiles", 4)] {
        let server = site.served(cell, options);
        let mut browser = Browser::connect(server.address());
        let page = browser.gets("/");
        for name in UNSPEAKABLE {
            let target = target(name);
            assert!(!page.text().contains(&target[1..]), "{target}");
        }
        for name in ["canary", "passwd", "fifo", "socket", "broken", "loop", "magic", "out"] {
            assert!(!page.text().contains(&format!("./{name}\"")), "{name}");
        }
        let dotted = links(page.text()).filter(|link| link.starts_with("./."));
        assert_eq!(dotted.count(), hidden, "{}", page.text());
        browser.leaves();
    }
}

/// Whatever a name is made of, the page is made of the same elements.
pub(crate) fn names_cannot_break_out(cell: Cell) {
    let site = Site::hostile();
    let server = site.served(cell, "--list");
    let mut browser = Browser::connect(server.address());
    let page = browser.gets("/");
    let text = page.text();
    assert!(!text.contains("<script") && !text.contains("href=\"javascript:"), "{text}");
    assert!(text.contains("&lt;script&gt;alert(1)<") && text.contains("&amp;amp;.html"));
    for tag in text.split('<').skip(1).map(|rest| rest.split(['>', ' ']).next()) {
        let tag = tag.unwrap_or_default().trim_start_matches('/');
        assert!(TAGS.contains(&tag), "a <{tag}> came from nowhere");
    }
    assert_eq!(page.field("Content-Type"), Some("text/html; charset=utf-8"));
    assert!(!text.contains('\u{202e}') && text.contains(r"<bdi>\u{202e}gpj.txt</bdi>"), "{text}");
    // It looks like the pages that stand in place of others.
    let style = |page: &str| page.split("<style>").nth(1).map(|rest| rest[..200].to_owned());
    assert_eq!(style(text), style(browser.gets("/nothing").text()));
    browser.leaves();
}

pub(crate) fn columns_sort(cell: Cell) {
    let site = Site::new();
    for (name, size, time) in [("b", 30, 1), ("a", 20, 3), ("c", 10, 2)] {
        site.write(name, "x".repeat(size));
        site.set_modified(name, Duration::from_secs(1_000_000_000 + time));
    }
    site.mkdir("z");
    let server = site.served(cell, "--list");
    let mut browser = Browser::connect(server.address());
    for (query, expected) in [
        ("", "z/ a b c"),
        ("?sort=name", "z/ a b c"),
        ("?sort=name&order=descending", "z/ c b a"),
        ("?sort=size", "z/ c a b"),
        ("?sort=size&order=descending", "z/ b a c"),
        ("?sort=modified", "z/ b c a"),
        ("?sort=modified&order=descending", "z/ a c b"),
        ("?sort=<script>", "z/ a b c"),
    ] {
        if query.contains('<') {
            // No such byte may stand in a target.
            assert_eq!(browser.gets(&format!("/{}", query.replace('<', "%3C"))).status, 200);
            continue;
        }
        let page = browser.gets(&format!("/{query}"));
        let names: Vec<_> = links(page.text()).filter_map(|link| link.strip_prefix("./")).collect();
        assert_eq!(names.join(" "), expected, "{query}");
        // What the heads of the columns offer can be asked for.
        for link in links(page.text()).filter(|link| link.starts_with('?')) {
            assert_eq!(browser.gets(&format!("/{}", link.replace("&amp;", "&"))).status, 200);
        }
    }
    let sorted = browser.gets("/?sort=size");
    assert_eq!(sorted.text().matches("aria-sort=\"ascending\"").count(), 1);
    assert!(sorted.text().contains("?sort=size&amp;order=descending"));
    browser.leaves();
}

pub(crate) fn listings_have_to_be_allowed(cell: Cell) {
    let site = Site::new();
    site.write("file", "secret");
    let server = site.served(cell, "");
    let mut browser = Browser::connect(server.address());
    let answer = browser.gets("/");
    assert_eq!(answer.status, 403);
    assert!(!answer.text().contains("file\""), "{}", answer.text());
    assert_eq!(browser.gets("/file").status, 200);
    browser.leaves();
}

fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

/// The elements that the page has.
const TAGS: &[&str] = &[
    "!DOCTYPE", "html", "meta", "title", "style", "main", "h1", "table", "thead", "tbody", "tr",
    "th", "td", "a", "p", "bdi", "time",
];
