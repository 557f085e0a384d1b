//! Clients that others have made, against the default model and threads.
//!
//! ```text
//! cargo test -p antiphon-tests --test clients -- --ignored
//! ```

#![cfg(target_os = "linux")]

use std::fs;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use antiphon_tests::site::{CANARY, SERVED, content};
use antiphon_tests::{Browser, Running, Site};

#[test]
#[ignore = "needs curl"]
fn curl() {
    for model in MODELS {
        let site = Site::new();
        let large = "0123456789".repeat(300_000);
        site.write("large", &large);
        site.write("small", "small");
        site.write("small.gz", GZIPPED);
        let server = serve(&site, model);
        let url = format!("http://{}", server.address());
        let curl = |arguments: &str| {
            let arguments = arguments.replace("URL", &url);
            let output = run(Command::new("curl").arg("-sS").args(arguments.split(' ')));
            String::from_utf8(output.stdout).expect("curl says text")
        };
        assert_eq!(curl("--http1.0 URL/small"), "small");
        assert_eq!(curl("--http1.1 URL/small"), "small");
        assert!(curl("-I URL/small").starts_with("HTTP/1.1 200 OK\r\n"));
        assert_eq!(curl("-r 2-5 URL/large"), "2345");
        assert_eq!(curl("-r -3 URL/large"), "789");
        assert_eq!(curl("--compressed URL/small"), "unzipped\n");
        // The second and the third URL find the connection there.
        let write_out = "-o /dev/null -w %{http_code}:%{num_connects},";
        let reused =
            curl(&format!("{write_out} URL/small {write_out} URL/large {write_out} URL/x"));
        assert_eq!(reused, "200:1,200:0,404:0,");
        let code = "-o /dev/null -w %{http_code}";
        let newer = format!("{code} -z {} URL/small", site.root().join("small").display());
        assert_eq!(curl(&newer), "304");
        assert_eq!(curl(&format!("{code} -d x URL/small")), "405");
        assert_eq!(curl(&format!("{code} URL/")), "403");
        let half = site.root().join("half");
        fs::write(&half, &large[..1_000_001]).expect("a file can be written");
        curl(&format!("-C - -o {} URL/large", half.display()));
        assert!(fs::read_to_string(&half).expect("it is there") == large, "resumed wrongly");
        for way in ["/../canary", "/%2e%2e/canary", "/../../../../../etc/passwd", "/..%2fcanary"] {
            let answer = curl(&format!("--path-as-is URL{way}"));
            assert!(!answer.contains(CANARY) && !answer.contains("root:"), "{way}: {answer}");
        }
    }
}

/// It finds every file through the listings, whatever its name.
#[test]
#[ignore = "needs wget"]
fn wget() {
    for model in MODELS {
        let (site, target) = (Site::hostile(), Site::new());
        let server = serve(&site, &format!("{model} --list"));
        let mut command = Command::new("wget");
        command.args(["-q", "-r", "-np", "-nH", "-l", "5", "-e", "robots=off"]);
        command.args(["--restrict-file-names=nocontrol", "--no-remove-listing", "-P"]);
        command.arg(target.root()).arg(format!("http://{}/", server.address()));
        run(&mut command);
        let mut got = Vec::new();
        collect(target.root(), &mut got);
        for name in SERVED {
            let content = content(name);
            assert!(got.contains(&content), "{} is missing", name.escape_ascii());
        }
        assert!(!got.iter().any(|got| String::from_utf8_lossy(got).contains(CANARY)));
    }
}

#[test]
#[ignore = "needs ab"]
fn ab() {
    for model in MODELS {
        let (_site, server) = small(model);
        for options in [&["-k"][..], &[]] {
            let mut command = Command::new("ab");
            command.args(["-q", "-n", "2000", "-c", "20"]).args(options);
            let output = run(command.arg(format!("http://{}/small", server.address())));
            let report = String::from_utf8_lossy(&output.stdout).into_owned();
            for line in ["Complete requests:      2000\n", "Failed requests:        0\n"] {
                assert!(report.contains(line), "{report}");
            }
            assert!(!report.contains("Non-2xx"), "{report}");
        }
    }
}

#[test]
#[ignore = "needs wrk"]
fn wrk() {
    for model in MODELS {
        let (_site, server) = small(model);
        let mut command = Command::new("wrk");
        command.args(["-t", "1", "-c", "50", "-d", "1s"]);
        let output = run(command.arg(format!("http://{}/small", server.address())));
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(report.contains("requests in"), "{report}");
        assert!(!report.contains("Socket errors") && !report.contains("Non-2xx"), "{report}");
    }
}

/// A crowd that is slow in all the ways it knows; one who is not slow is served all the while.
#[test]
#[ignore = "needs slowhttptest"]
fn slowhttptest() {
    for model in MODELS {
        let site = Site::new();
        site.write("small", "small");
        site.write("large", "x".repeat(3_000_000));
        let server = serve(&site, &format!("{model} --request-timeout 2"));
        let url = format!("http://{}/large", server.address());
        for mode in ["-H", "-B", "-R -a 10 -b 3000", "-X -w 10 -y 20 -n 1 -z 8 -k 3"] {
            let mut command = Command::new("slowhttptest");
            command.args(mode.split(' ')).args("-c 200 -r 200 -i 1 -l 4 -p 2 -u".split(' '));
            let crowd = command.arg(&url).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
            let mut crowd = crowd.expect("slowhttptest is installed");
            let begin = Instant::now();
            let mut served = 0;
            while crowd.try_wait().expect("it was started").is_none() {
                let asked = Instant::now();
                let mut probe = Browser::connect(server.address());
                assert_eq!(probe.gets("/small").text(), "small", "{model} {mode}");
                assert!(asked.elapsed() < Duration::from_secs(5), "{model} {mode}: served late");
                assert!(begin.elapsed() < Duration::from_secs(20), "{model} {mode}: no end");
                served += 1;
                let _ = probe.peer().hears_something_within(Duration::from_millis(20));
            }
            assert!(served >= 20, "{model} {mode}: served {served} times");
        }
    }
}

/// What a person sees: a listing, through it a file and a picture, and a page that says 404.
#[test]
#[ignore = "needs chromium"]
fn chromium() {
    let site = Site::hostile();
    site.mkdir("pictures");
    site.write("pictures/sun.svg", SUN);
    site.write(
        "page.html",
        "<!DOCTYPE html><title>t</title><img src=pictures/sun.svg onload=\"\
        document.title = 'seen ' + this.naturalWidth\">",
    );
    let server = serve(&site, "epoll --list");
    let listing = dump(&server, "/");
    assert!(listing.contains("<h1>Index of <bdi>/</bdi></h1>"), "{listing}");
    assert!(listing.contains("&lt;script&gt;alert(1)</bdi></a>"), "{listing}");
    assert!(listing.contains("href=\"./caf%C3%A9.txt\"><bdi>caf\u{e9}.txt</bdi></a>"), "{listing}");
    let text = dump(&server, "/plain.txt");
    assert!(text.contains("plain.txt has this in it"), "{text}");
    let page = dump(&server, "/page.html");
    assert!(page.contains("<title>seen 300</title>"), "{page}");
    let missing = dump(&server, "/nothing");
    assert!(missing.contains("<title>404 Not Found</title>"), "{missing}");
    let moved = dump(&server, "/pictures");
    assert!(
        moved.contains("<h1>Index of <bdi>/pictures/</bdi></h1>") && moved.contains("Parent"),
        "{moved}"
    );
}

/// The document that the browser has made of it.
#[track_caller]
fn dump(server: &Running, target: &str) -> String {
    let profile = Site::new();
    let mut command = Command::new("chromium");
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]);
    command.args(["--disable-background-networking", "--disable-component-update"]);
    command.args(["--disable-sync", "--virtual-time-budget=2000", "--dump-dom"]);
    command.arg(format!("--user-data-dir={}", profile.root().display()));
    let output = run(command.arg(format!("http://{}{target}", server.address())));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn run(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output();
    output.unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"))
}

fn collect(directory: &std::path::Path, got: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(directory).expect("a directory can be read") {
        let path = entry.expect("a directory can be read").path();
        if path.is_dir() {
            collect(&path, got);
        } else {
            got.push(fs::read(path).expect("a file can be read"));
        }
    }
}

fn small(model: &str) -> (Site, Running) {
    let site = Site::new();
    site.write("small", "small");
    let server = serve(&site, model);
    (site, server)
}

fn serve(site: &Site, options: &str) -> Running {
    Running::start(&format!("http --root {} --model {options}", site.root().display()))
}

const MODELS: [&str; 2] = ["epoll", "threaded"];

/// `unzipped` and a line feed.
const GZIPPED: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x2b\xcd\xab\xca\x2c\x28\x48\x4d\xe1\x02\x00\x6f\xff\x0a\xc3\x09\x00\x00\x00";

const SUN: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='200'>\
    <rect width='300' height='200' fill='teal'/><circle cx='150' cy='100' r='70' fill='gold'/></svg>";
