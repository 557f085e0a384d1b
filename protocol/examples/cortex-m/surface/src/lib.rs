//! A call of every public function of `antiphon-protocol`, with arguments of which the optimiser
//! knows nothing. What an image that makes these calls is linked from shows what they need: no
//! panic (the bin `no_panic` beside this crate) and, on WebAssembly, nothing of the host.
//!
//! Left out is `Debug`, which is for tests: the way core prints floats there has bounds checks.

#![no_std]

use core::fmt::{Display, Write as _};
use core::hint::black_box;
use core::num::NonZeroU32;

use antiphon_protocol::calc::{
    self, BinaryOperator, Error, ErrorKind, MAX_TOKENS, Number, Program, UnaryOperator,
};
use antiphon_protocol::http::{
    self, Coding, Content, ContentRange, EntityTag, Escaped, Head, HeadSearch, Lookup, MediaType,
    Method, Request, ResponseHead, Status, Target, Timestamp, Validators, Version,
};
use antiphon_protocol::{
    Buffer, Command, ControlWord, Framing, Next, Refusal, Response, Service, Session, Settings,
    Text, Why, Writer, command, datagram, frame, response,
};

/// Calls everything.
pub fn call_everything(input: &mut [u8], output: &mut [u8]) {
    let settings = settings(input, output);
    sessions(&settings, input, output);
    replies(&settings, input, output);
    frames(input);
    expressions(input, output);
    numbers(input, output);
    requests(input, output);
    targets(input, output);
    memory(input, output);
}

fn settings(input: &[u8], output: &mut [u8]) -> Settings {
    let service = black_box(Service::Calc);
    black_box((service.name(), service.min_input(), service.min_output()));
    let mut settings = Settings::new(service);
    settings.framing = black_box(Framing::Line);
    settings.max_requests = black_box(NonZeroU32::new(2));
    match Text::new(input) {
        Ok(text) => settings.prefix = Some(text),
        Err(error) => show(&error, output),
    }
    black_box(settings.prefix.as_ref().map(Text::as_bytes));
    black_box(settings.speaks_lines());
    settings
}

fn sessions(settings: &Settings, input: &[u8], output: &mut [u8]) {
    let mut session = Session::new(settings, black_box(true));
    loop {
        let _ = black_box(session.step(input, output));
        let _ = black_box(session.finish(input, output));
        black_box(session.refuse(black_box(Refusal::Busy), output));
        black_box(session.is_idle());
        match black_box(session.advance(input, output)).next {
            Next::Open(request) => {
                let found = black_box(Lookup::Made { len: 7, media_type: MediaType::HTML });
                let _ = black_box(session.answer(&request, &found, now(), output));
            }
            Next::Close(why) => {
                show(&why, output);
                break;
            }
            _ => {}
        }
    }
    show(&black_box(Why::Greeted), output);
    let _ = black_box(datagram(settings, black_box(true), input, output));
}

fn replies(settings: &Settings, input: &[u8], output: &mut [u8]) {
    let command = Command::parse(settings.service, input);
    let replies = [
        settings.respond(command, black_box(true)),
        Response::parse(input),
        black_box(Response::Refusal(Refusal::Busy)),
    ];
    for reply in replies {
        let mut writer = Writer::new(output);
        show_failure(reply.encode(&mut writer));
        black_box(reply.is_error());
    }
    if let Some(refusal) = Refusal::parse(input) {
        show(&refusal, output);
    }
    black_box(ControlWord::parse(input).map(ControlWord::as_str));
    black_box((command::is_web_request(input), response::is_reply(input)));
}

fn frames(input: &[u8]) {
    black_box(frame::next_line(input, &mut black_box(7)));
    black_box(frame::skip_line(input));
    black_box(frame::without_line_end(input));
}

fn expressions(input: &[u8], output: &mut [u8]) {
    show_either(calc::evaluate(input), output);
    let program: Result<Program<MAX_TOKENS>, Error> = Program::parse(input);
    match program {
        Ok(program) => {
            black_box(program.ops());
            show_either(program.evaluate(), output);
        }
        Err(error) => show(&error, output),
    }
    if let Some(error) = Error::parse(input) {
        show(&error, output);
    }
    let kind = black_box(ErrorKind::Empty);
    black_box(kind.is_arithmetic());
    show(&kind.at(black_box(7)), output);
}

fn numbers(input: &[u8], output: &mut [u8]) {
    let left = Number::parse(input).unwrap_or(black_box(Number::Int(7)));
    let right = black_box(Number::Float(0.5));
    black_box(left.to_f64());
    let signed = black_box(UnaryOperator::Minus).apply(left);
    let joined = black_box(BinaryOperator::Add).apply(left, right);
    let integers = black_box(BinaryOperator::Add).apply(left, black_box(Number::Int(7)));
    for outcome in [signed, joined, integers] {
        show_either(outcome, output);
    }
}

fn requests(input: &[u8], output: &mut [u8]) {
    let mut search = HeadSearch::new();
    black_box((search.end(input), search.is_idle(input)));
    match http::request_line(input) {
        Ok(line) => show(&black_box(line).version, output),
        Err(why) => show(&why, output),
    }
    let request = Request::parse(input).unwrap_or_else(|why| Request::refused(input, why)).last();
    black_box((request.line(), request.method().as_bytes()));
    black_box((request.target(), request.version()));
    black_box((request.host(), request.framing(), request.closes(), request.refusal()));
    black_box(request.accepts(black_box(Coding::Gzip)));
    black_box(request.fields().count());
    black_box(request.fields().values(input).count());
    let mut content = Content::new(request.framing());
    black_box((content.read(input), content.skip(input)).0.is_ok());
    let found = [
        black_box(Lookup::Moved),
        Lookup::Refused(black_box(http::Error::NotFound)),
        Lookup::File {
            len: black_box(7),
            modified: Some(now()),
            etag: EntityTag::strong(input),
            media_type: MediaType::of_file(input),
            coding: black_box(Some(Coding::Brotli)),
            vary: black_box(true),
        },
    ];
    for found in &found {
        let Head { produced, .. } = http::answer(&request, found, now(), output);
        black_box(produced);
    }
    files(&request, input, output);
    black_box(Method::Other(input).as_bytes());
    show(&black_box(Version::Http10), output);
}

fn targets(input: &[u8], output: &mut [u8]) {
    match Target::parse(input) {
        Ok(target) => {
            black_box((target.path(), target.query(), target.authority(), target.as_bytes()));
            black_box(target.form());
            match target.decode(output) {
                Ok(path) => {
                    black_box((path.as_bytes(), path.names().count(), path.is_directory()));
                }
                Err(why) => show(&why, &mut [0; 80]),
            }
            let head = ResponseHead {
                date: Some(now()),
                content_length: black_box(Some(7)),
                content_type: MediaType::new(black_box("a/b")),
                content_encoding: black_box(Some(Coding::Gzip)),
                content_range: ContentRange::part(0..7, black_box(7))
                    .or(Some(ContentRange::unsatisfied(black_box(7)))),
                location: Some(target),
                ..ResponseHead::new(black_box(Status::Ok))
            };
            show_failure(head.encode(&mut Writer::new(output)));
        }
        Err(why) => {
            let status = black_box(why).status();
            black_box((status.code(), status.phrase()));
            let page = http::error_page(&mut Writer::new(output), status, &why);
            black_box(page.is_ok());
        }
    }
}

fn files(request: &Request<'_>, input: &[u8], output: &mut [u8]) {
    let tag = EntityTag::parse(input).or(EntityTag::weak(input));
    for other in http::entity_tags(input) {
        black_box((other.opaque(), other.is_weak()));
        black_box(tag.map(|tag| (tag.strongly_equals(other), tag.weakly_equals(other))));
    }
    let modified = Timestamp::parse(input, now());
    black_box(modified.map(|modified| (modified.seconds(), modified.imf_fixdate())));
    black_box(http::evaluate(request, Validators { etag: tag, modified }, now()));
    black_box(http::select(input, black_box(7)));
    black_box(black_box(Coding::Brotli).as_str());
    black_box(MediaType::new(black_box("a/b")).map(MediaType::as_str));
    show(&Escaped(black_box("<>")), output);
}

fn now() -> Timestamp {
    Timestamp::new(black_box(784_111_777))
}

fn memory(input: &mut [u8], output: &mut [u8]) {
    let mut buffer = Buffer::new(input);
    buffer.fill(black_box(100));
    buffer.consume(black_box(50));
    black_box(buffer.spare());
    let mut writer = Writer::new(output);
    show_failure(writer.put(buffer.filled()));
    black_box(writer.claim(black_box(9)).is_ok());
    show_failure(writer.attempt(|writer| writer.put(black_box(b"abc"))));
    black_box((writer.written(), writer.len(), writer.is_empty(), writer.room()));
}

/// `Display`, plain and padded.
fn show(value: &impl Display, output: &mut [u8]) {
    let mut writer = Writer::new(output);
    black_box(write!(writer, "{value} {value:>+40} {value:<040.3}").is_ok());
}

fn show_either(outcome: Result<impl Display, impl Display>, output: &mut [u8]) {
    match outcome {
        Ok(value) => show(&value, output),
        Err(error) => show(&error, output),
    }
}

fn show_failure(outcome: Result<(), impl Display>) {
    show_either(outcome.map(|()| ""), &mut [0; 80]);
}

/// For WebAssembly, as a library that anything can call; and there, too, a panic would show: as the
/// import of a function that does not exist.
#[cfg(target_family = "wasm")]
mod wasm {
    use core::panic::PanicInfo;

    #[unsafe(no_mangle)]
    extern "C" fn call_everything() {
        super::call_everything(
            core::hint::black_box(&mut [0; 2048]),
            core::hint::black_box(&mut [0; 2048]),
        );
    }

    #[panic_handler]
    fn panic(_: &PanicInfo<'_>) -> ! {
        unsafe extern "C" {
            safe fn a_panic_can_be_reached() -> !;
        }
        a_panic_can_be_reached()
    }
}
