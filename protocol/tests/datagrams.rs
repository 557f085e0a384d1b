//! Which servers a forged sender's address can set on each other for good: those that the
//! documentation of [`datagram`] names, and no others.

use antiphon_protocol::{Service, Settings, Text, datagram};

#[test]
fn most_servers_do_not_answer_each_other_for_ever() {
    for one in servers() {
        for other in servers() {
            for forged in [&b""[..], b"3+5", b"hello\r\n", b"quit()"] {
                assert_eq!(
                    goes_on(&one, &other, forged),
                    is_known_to(&one, &other, forged),
                    "{one:?}, {other:?}, {}",
                    forged.escape_ascii()
                );
            }
        }
    }
}

/// Whether both still answer after so many rounds, of which the first answers a forged datagram.
fn goes_on(one: &Settings, other: &Settings, forged: &[u8]) -> bool {
    let mut said = forged.to_vec();
    let mut output = [0; 4096];
    [one, other].into_iter().cycle().take(2_000).all(|settings| {
        let reply = datagram(settings, false, &said, &mut output);
        said = output[..reply.produced].to_vec();
        reply.send
    })
}

fn is_known_to(one: &Settings, other: &Settings, forged: &[u8]) -> bool {
    let is_repeater = |settings: &Settings| match settings.service {
        Service::Echo => prefix(settings).is_empty(),
        service => service == Service::Upper,
    };
    let is_prefixer = |settings: &Settings| !prefix(settings).is_empty();
    let greets = |settings: &Settings| settings.service == Service::Greet;
    let quits = |settings: &Settings| matches!(settings.service, Service::Calc | Service::Echo);
    is_repeater(one) && is_repeater(other)
        || greets(one) && is_prefixer(other)
        || is_prefixer(one) && greets(other)
        || quits(one) && quits(other) && forged == b"quit()"
}

fn prefix(settings: &Settings) -> &[u8] {
    settings.prefix.as_ref().map_or(b"", Text::as_bytes)
}

/// Of every kind one, of echoes several.
fn servers() -> impl Iterator<Item = Settings> {
    let plain = [Service::Calc, Service::Echo, Service::Greet, Service::Upper];
    let prefixed = ["", "got: ", "Received: "].map(|prefix| {
        let mut settings = Settings::new(Service::Echo);
        settings.prefix = Some(Text::new(prefix.as_bytes()).expect("one line"));
        settings
    });
    plain.into_iter().map(Settings::new).chain(prefixed)
}
