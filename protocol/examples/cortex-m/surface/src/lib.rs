//! A call of every public function of `antiphon-protocol`, with arguments of which the optimiser
//! knows nothing. What an image that makes these calls is linked from shows what they need: no
//! panic (the bin `no_panic` beside this crate) and, on WebAssembly, nothing of the host.
//!
//! Methods are called by the name of their type, `Type::method(..)`: several types have an
//! `as_bytes`, and the test that looks for each of them here cannot tell whose `.as_bytes()` is.
//!
//! Left out is `Debug`, which is for tests: the way core prints floats there has bounds checks.

#![no_std]

use core::fmt::{Display, Write as _};
use core::hash::{Hash, Hasher};
use core::hint::black_box;
use core::num::NonZeroU32;

use antiphon_protocol::calc::{
    self, BinaryOperator, ErrorKind, MAX_TOKENS, Number, Program, UnaryOperator,
};
use antiphon_protocol::http::{
    self, Coding, Content, ContentRange, EntityTag, Escaped, Fields, Head, HeadSearch, Lookup,
    MediaType, Method, Path, Request, ResponseHead, Status, Target, Timestamp, Validators, Version,
};
use antiphon_protocol::{
    Buffer, Command, ControlWord, Framing, Next, Refusal, Response, Service, Session, Settings,
    Text, Why, Writer, command, frame, response,
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
    black_box((Service::name(service), Service::min_input(service), Service::min_output(service)));
    let mut settings = Settings::new(service);
    settings.framing = black_box(Framing::Line);
    settings.max_requests = black_box(NonZeroU32::new(2));
    match Text::new(input) {
        Ok(text) => settings.prefix = Some(text),
        Err(error) => show(&error, output),
    }
    if let Some(prefix) = &settings.prefix {
        black_box(Text::as_bytes(prefix));
    }
    black_box(Settings::speaks_lines(&settings));
    compare(&settings);
    settings
}

fn sessions(settings: &Settings, input: &[u8], output: &mut [u8]) {
    let mut session = Session::new(settings, black_box(true));
    // What is opened is answered, and refused in the next round.
    for _ in 0..2 {
        compare(&Session::step(&mut session, input, output));
        let _ = black_box(Session::finish(&mut session, input, output));
        black_box(Session::refuse(&mut session, black_box(Refusal::Busy), output));
        black_box(Session::is_idle(&session));
        match black_box(Session::advance(&mut session, input, output)).next {
            Next::Open(request) => {
                let found = black_box(Lookup::Made { len: 7, media_type: MediaType::HTML });
                compare(&Session::answer(&mut session, &request, &found, now(), output));
            }
            Next::Close(why) => show(&why, output),
            _ => {}
        }
    }
    show(&black_box(Why::Greeted), output);
    compare(&antiphon_protocol::datagram(settings, black_box(true), input, output));
}

fn replies(settings: &Settings, input: &[u8], output: &mut [u8]) {
    let command = Command::parse(settings.service, input);
    compare(&command);
    let replies = [
        Settings::respond(settings, command, black_box(true)),
        Response::parse(input),
        black_box(Response::Refusal(Refusal::Busy)),
    ];
    for reply in replies {
        let mut writer = Writer::new(output);
        show_failure(Response::encode(&reply, &mut writer));
        black_box(Response::is_error(&reply));
        compare(&reply);
    }
    if let Some(refusal) = Refusal::parse(input) {
        show(&refusal, output);
        hash(&refusal);
    }
    if let Some(word) = ControlWord::parse(input) {
        black_box(ControlWord::as_str(word));
    }
    black_box((command::is_web_request(input), response::is_reply(input)));
}

fn frames(input: &[u8]) {
    compare(&frame::next_line(input, &mut black_box(7)));
    compare(&frame::skip_line(input));
    black_box(frame::without_line_end(input));
}

fn expressions(input: &[u8], output: &mut [u8]) {
    show_either(calc::evaluate(input), output);
    let program: Result<Program<MAX_TOKENS>, calc::Error> = Program::parse(input);
    match program {
        Ok(program) => {
            black_box(Program::ops(&program));
            show_either(Program::evaluate(&program), output);
            compare(&program);
        }
        Err(error) => show(&error, output),
    }
    if let Some(error) = calc::Error::parse(input) {
        show(&error, output);
        hash(&error);
    }
    let kind = black_box(ErrorKind::Empty);
    black_box(ErrorKind::is_arithmetic(kind));
    show(&ErrorKind::at(kind, black_box(7)), output);
}

fn numbers(input: &[u8], output: &mut [u8]) {
    let left = Number::parse(input).unwrap_or(black_box(Number::Int(7)));
    let right = black_box(Number::Float(0.5));
    black_box(Number::to_f64(left));
    compare(&left);
    let signed = UnaryOperator::apply(black_box(UnaryOperator::Minus), left);
    let add = black_box(BinaryOperator::Add);
    let joined = BinaryOperator::apply(add, left, right);
    let integers = BinaryOperator::apply(add, left, black_box(Number::Int(7)));
    for outcome in [signed, joined, integers] {
        show_either(outcome, output);
    }
}

fn requests(input: &[u8], output: &mut [u8]) {
    let mut search = HeadSearch::new();
    compare(&HeadSearch::end(&mut search, input));
    black_box(HeadSearch::is_idle(&search, input));
    match http::request_line(input) {
        Ok(line) => {
            show(&black_box(line).version, output);
            hash(&line.method);
            compare(&line);
        }
        Err(why) => show(&why, output),
    }
    let request = Request::parse(input).unwrap_or_else(|why| Request::refused(input, why));
    let request = Request::last(request);
    compare(&request);
    black_box((Request::line(&request), Method::as_bytes(Request::method(&request))));
    black_box((Request::target(&request), Request::version(&request), Request::host(&request)));
    black_box((Request::closes(&request), Request::refusal(&request)));
    black_box(Request::accepts(&request, black_box(Coding::Gzip)));
    let fields = Request::fields(&request);
    black_box(fields.count());
    black_box(Fields::values(fields, input).count());
    let framing = Request::framing(&request);
    let mut content = Content::new(framing);
    compare(&Content::read(&mut content, input));
    compare(&Content::skip(&mut content, input));
    let found = [
        black_box(Lookup::Moved),
        Lookup::from(black_box(http::Error::NotFound)),
        Lookup::File {
            len: black_box(7),
            modified: Some(now()),
            etag: EntityTag::strong(input),
            media_type: MediaType::of_file(input),
            coding: black_box(Some(Coding::Brotli)),
            vary: black_box(true),
        },
    ];
    compare(&found);
    for found in &found {
        let Head { produced, .. } = http::answer(&request, found, now(), output);
        black_box(produced);
    }
    files(&request, input, output);
    black_box(Method::as_bytes(Method::Other(input)));
    show(&black_box(Version::Http10), output);
}

fn targets(input: &[u8], output: &mut [u8]) {
    match Target::parse(input) {
        Ok(target) => {
            black_box((Target::path(&target), Target::query(&target)));
            black_box((Target::authority(&target), Target::as_bytes(&target)));
            black_box(Target::form(&target));
            match Target::decode(&target, output) {
                Ok(path) => {
                    black_box((Path::as_bytes(&path), Path::is_directory(&path)));
                    black_box(Path::names(&path).count());
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
            compare(&head);
            show_failure(ResponseHead::encode(&head, &mut Writer::new(output)));
        }
        Err(why) => {
            let status = http::Error::status(black_box(why));
            black_box((Status::code(status), Status::phrase(status)));
            let page = http::error_page(&mut Writer::new(output), status, &why);
            black_box(page.is_ok());
        }
    }
}

fn files(request: &Request<'_>, input: &[u8], output: &mut [u8]) {
    let tag = EntityTag::parse(input).or(EntityTag::weak(input));
    for other in http::entity_tags(input) {
        black_box((EntityTag::opaque(other), EntityTag::is_weak(other)));
        if let Some(tag) = tag {
            black_box(EntityTag::strongly_equals(tag, other));
            black_box(EntityTag::weakly_equals(tag, other));
        }
        hash(&other);
    }
    let modified = Timestamp::parse(input, now());
    if let Some(modified) = modified {
        black_box((Timestamp::seconds(modified), Timestamp::imf_fixdate(modified)));
    }
    compare(&http::evaluate(request, Validators { etag: tag, modified }, now()));
    compare(&http::select(input, black_box(7)));
    black_box(Coding::as_str(black_box(Coding::Brotli)));
    if let Some(media_type) = MediaType::new(black_box("a/b")) {
        black_box(MediaType::as_str(media_type));
    }
    show(&Escaped(black_box("<>")), output);
}

fn now() -> Timestamp {
    Timestamp::new(black_box(784_111_777))
}

fn memory(input: &mut [u8], output: &mut [u8]) {
    let mut buffer = Buffer::new(input);
    Buffer::fill(&mut buffer, black_box(100));
    Buffer::consume(&mut buffer, black_box(50));
    black_box(Buffer::spare(&mut buffer));
    let mut writer = Writer::new(output);
    show_failure(Writer::put(&mut writer, Buffer::filled(&buffer)));
    black_box(Writer::claim(&mut writer, black_box(9)).is_ok());
    show_failure(Writer::attempt(&mut writer, |writer| writer.put(black_box(b"abc"))));
    black_box((Writer::written(&writer), Writer::len(&writer)));
    black_box((Writer::is_empty(&writer), Writer::room(&writer)));
}

/// `Display`, plain and padded.
fn show(value: &impl Display, output: &mut [u8]) {
    let mut writer = Writer::new(output);
    black_box(write!(writer, "{value} {value:>+40} {value:<040.3}").is_ok());
}

/// `Clone` and `PartialEq`.
fn compare(value: &(impl Clone + PartialEq)) {
    black_box(black_box(value.clone()) == *value);
}

/// `Hash`, with a hasher that can do nothing else.
fn hash(value: &impl Hash) {
    let mut sum = Sum(0);
    value.hash(&mut sum);
    black_box(sum.0);
}

struct Sum(u64);

impl Hasher for Sum {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |sum, byte| sum.wrapping_add(u64::from(*byte)));
    }

    fn finish(&self) -> u64 {
        self.0
    }
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
