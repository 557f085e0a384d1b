//! The calculator of the example with tokio.

use std::io;

use antiphon_tests::LIMIT;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::host::Host;

#[allow(dead_code, reason = "a test has no use for main")]
#[path = "../../../../protocol/examples/tokio_codec.rs"]
mod tokio_codec;

/// On a thread of its own; dropping it cuts everybody off.
pub(crate) struct UnderTokio {
    runtime: Runtime,
    server: JoinHandle<io::Result<()>>,
    port: u16,
}

impl UnderTokio {
    #[track_caller]
    pub(crate) fn start() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = runtime.spawn(tokio_codec::serve(listener));
        Self { runtime, server, port }
    }
}

impl Host for UnderTokio {
    fn port(&mut self) -> u16 {
        self.port
    }

    fn halts(self) {
        let end = self.runtime.block_on(async { timeout(LIMIT, self.server).await });
        end.expect("it ends in time").expect("it does not panic").expect("it ends well");
    }
}
