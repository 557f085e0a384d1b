//! Parsing of heads, beside httparse: a short one of 86 bytes and a browser's of 660.
//!
//! The same work on both sides: request line and all field lines, validated. Ours also says what
//! the fields mean; httparse leaves that to whoever uses it.

use core::hint::black_box;
use core::time::Duration;

use antiphon_protocol::http::{HeadSearch, Request};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const SHORT: &[u8] = b"GET /index.html HTTP/1.1\r\n\
    Host: 127.0.0.1:5000\r\n\
    User-Agent: curl/8.14\r\n\
    Accept: */*\r\n\r\n";

const BROWSER: &[u8] = b"GET /photos/2026/summer/harbour-in-the-evening.jpeg?size=large HTTP/1.1\r\n\
    Host: localhost:5000\r\n\
    Connection: keep-alive\r\n\
    sec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"\r\n\
    sec-ch-ua-mobile: ?0\r\n\
    sec-ch-ua-platform: \"Linux\"\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n\
    Accept: image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8\r\n\
    Sec-Fetch-Site: same-origin\r\n\
    Sec-Fetch-Mode: no-cors\r\n\
    Sec-Fetch-Dest: image\r\n\
    Referer: http://localhost:5000/photos/2026/summer/\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: en\r\n\
    Cookie: theme=dark; visits=12; session=4f1d2c9a7b30e\r\n\r\n";

fn heads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("head");
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    for (name, head) in [("86 bytes", SHORT), ("660 bytes", BROWSER)] {
        assert!(name.starts_with(&head.len().to_string()), "{}", head.len());
        group.throughput(Throughput::Bytes(head.len() as u64));
        group.bench_with_input(BenchmarkId::new("antiphon", name), head, |bencher, head| {
            bencher.iter(|| {
                let parsed = Request::parse(black_box(head));
                black_box(&parsed);
                parsed.is_ok()
            });
        });
        group.bench_with_input(BenchmarkId::new("antiphon framed", name), head, |bencher, head| {
            bencher.iter(|| {
                let end = HeadSearch::new().end(black_box(head)).ok().flatten().unwrap_or(0);
                let parsed = Request::parse(black_box(&head[..end]));
                black_box(&parsed);
                parsed.is_ok()
            });
        });
        group.bench_with_input(BenchmarkId::new("httparse", name), head, |bencher, head| {
            bencher.iter(|| {
                let mut fields = [httparse::EMPTY_HEADER; 16];
                let mut request = httparse::Request::new(&mut fields);
                let parsed = black_box(request.parse(black_box(head))).is_ok();
                black_box(&request);
                parsed
            });
        });
    }
    group.finish();
}

criterion_group!(benches, heads);
criterion_main!(benches);
