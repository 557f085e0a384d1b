//! A transcript, played by the client in the order in which it is written.

use antiphon_tests::transcript::Event;

use super::host::Host;
use crate::run::Client;

/// Plays `text` to `host`; gives all that the client has shown.
#[track_caller]
pub(crate) fn play(driver: &str, text: &str, host: impl Host) -> String {
    let mut stage = Stage { driver, host, actor: None, shown: String::new() };
    for (number, event) in Event::all(text) {
        // Shown if the event fails.
        println!("{number}: {event:?}");
        match event {
            Event::Says(_, line) => stage.actor().client.say(&line),
            Event::IsTold(_, bytes) => stage.is_told(&bytes),
            Event::Does(_, "connects") => stage.connects(),
            Event::Does(_, "hears an error") => stage.hears_an_error(),
            Event::Does(_, "closed") => stage.closed(),
            Event::Does(_, "leaves") => stage.leaves(),
            Event::Halted => {
                stage.host.halts();
                return stage.shown;
            }
            Event::Server(_) | Event::Does(..) => panic!("it cannot be played"),
        }
    }
    stage.leaves();
    stage.shown
}

struct Stage<'d, H> {
    driver: &'d str,
    host: H,
    actor: Option<Actor>,
    shown: String,
}

/// A client that runs.
struct Actor {
    client: Client,
    /// Has heard an error.
    failed: bool,
}

impl<H: Host> Stage<'_, H> {
    fn connects(&mut self) {
        let port = self.host.port().to_string();
        let client = Client::start(&[&port, self.driver]);
        self.actor = Some(Actor { client, failed: false });
    }

    #[track_caller]
    fn is_told(&mut self, bytes: &str) {
        // The client ends lines as this system does.
        let text = bytes.replace("\r\n", "\n");
        self.actor().client.expect(&text);
        self.shown.push_str(&text);
    }

    #[track_caller]
    fn hears_an_error(&mut self) {
        let actor = self.actor();
        let line = actor.client.expect_line();
        assert!(line.starts_with("Error: "), "no error: {line:?}");
        actor.failed = true;
        self.shown.push_str(&line);
    }

    /// Says no more, if it has not gone yet.
    #[track_caller]
    fn leaves(&mut self) {
        if let Some(actor) = &mut self.actor {
            actor.client.input = None;
            self.closed();
        }
    }

    /// The client ends by itself, and shows nothing more but the end of its last line.
    #[track_caller]
    fn closed(&mut self) {
        let Actor { client, failed } = self.actor.take().expect("it is connected");
        self.host.lets_go();
        let ended = client.end();
        let rest = if self.shown.ends_with('\n') { "" } else { "\n" };
        let (out, words) = (ended.out.as_str(), ended.words.as_str());
        assert_eq!((out, words, ended.code), (rest, "", Some(i32::from(failed))));
        self.shown.push_str(rest);
    }

    #[track_caller]
    fn actor(&mut self) -> &mut Actor {
        self.actor.as_mut().expect("it is connected")
    }
}
