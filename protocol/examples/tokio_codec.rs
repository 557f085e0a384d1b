//! The sessions under tokio: a session is a decoder, and what it decodes are its own replies.
//!
//! ```text
//! cargo run --example tokio_codec
//! ```

use std::io;
use std::sync::{Arc, LazyLock};

use antiphon_protocol::{Next, Service, Session, Settings, Step};
use futures_util::StreamExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_util::bytes::{Buf as _, BytesMut};
use tokio_util::codec::{Decoder, FramedRead};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:5000").await?;
    println!("listening on tcp {}", listener.local_addr()?);
    serve(listener).await
}

/// Serves until a peer says `exit()`, and then cuts the others off.
pub(crate) async fn serve(listener: TcpListener) -> io::Result<()> {
    let halt = Arc::new(Notify::new());
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                tokio::spawn(converse(accepted?.0, Arc::clone(&halt)));
            }
            () = halt.notified() => return Ok(()),
        }
    }
}

async fn converse(mut stream: TcpStream, halt: Arc<Notify>) -> io::Result<()> {
    let (input, mut output) = stream.split();
    let mut codec = Codec { session: Session::new(&SETTINGS, true), output: [0; 4096] };
    // A service may speak first.
    let mut turn = codec.decode(&mut BytesMut::new())?;
    let mut turns = FramedRead::new(input, codec);
    loop {
        if let Some((said, then)) = turn {
            output.write_all(&said).await?;
            if then == Then::Halt {
                halt.notify_one();
            }
            if then != Then::GoOn {
                return output.shutdown().await;
            }
        }
        turn = turns.next().await.transpose()?;
    }
}

struct Codec {
    session: Session<'static>,
    output: [u8; 4096],
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Then {
    GoOn,
    Close,
    Halt,
}

impl Decoder for Codec {
    /// What to send, and what to do then.
    type Item = (Vec<u8>, Then);
    type Error = io::Error;

    fn decode(&mut self, input: &mut BytesMut) -> io::Result<Option<Self::Item>> {
        let step = self.session.advance(input, &mut self.output);
        let (consumed, turn) = carry_out(&step, &self.output);
        input.advance(consumed);
        Ok(turn)
    }

    fn decode_eof(&mut self, input: &mut BytesMut) -> io::Result<Option<Self::Item>> {
        let step = self.session.finish(input, &mut self.output);
        let (consumed, turn) = carry_out(&step, &self.output);
        input.advance(consumed);
        Ok(turn)
    }
}

fn carry_out(step: &Step<'_>, output: &[u8]) -> (usize, Option<(Vec<u8>, Then)>) {
    let said = output[..step.produced].to_vec();
    let then = match step.next {
        Next::Read if said.is_empty() => return (step.consumed, None),
        Next::Read | Next::Write => Then::GoOn,
        // There are no files here.
        Next::Close(_) | Next::Open(_) => Then::Close,
        Next::Halt => Then::Halt,
    };
    (step.consumed, Some((said, then)))
}

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| Settings::new(Service::Calc));
