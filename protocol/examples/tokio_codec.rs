//! The sessions under tokio: the blocking driver, with an `await` wherever it would sleep.
//!
//! ```text
//! cargo run --example tokio_codec
//! ```

use std::io;
use std::sync::{Arc, LazyLock};

use antiphon_protocol::{Buffer, Next, Service, Session, Settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

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
    let mut session = Session::new(&SETTINGS, true);
    let mut input = Buffer::new(vec![0; SETTINGS.service.min_input()]);
    let mut output = vec![0; SETTINGS.service.min_output()];
    let mut ended = false;
    loop {
        let step = match ended {
            true => session.finish(input.filled(), &mut output),
            false => session.advance(input.filled(), &mut output),
        };
        stream.write_all(&output[..step.produced]).await?;
        let consumed = step.consumed;
        match step.next {
            Next::Write => input.consume(consumed),
            Next::Read => {
                input.consume(consumed);
                let count = stream.read(input.spare()).await?;
                input.fill(count);
                ended = count == 0;
            }
            // There are no files here.
            Next::Close(_) | Next::Open(_) => return stream.shutdown().await,
            Next::Halt => {
                halt.notify_one();
                return stream.shutdown().await;
            }
        }
    }
}

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| Settings::new(Service::Calc));
