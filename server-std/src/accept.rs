//! Letting clients in: what every model does when its listening socket is ready.
//!
//! accept(2) fails in ways that must not end a server, nor make it spin: what each failure means
//! is decided here, and so is what happens to a client for whom there is no place.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd as _, BorrowedFd};
use rustix::io::Errno;
use tracing::{info, warn};

use crate::Server;
use crate::datagrams::Datagrams;
use crate::exchange::Client;
use crate::explain;
use crate::files::Files;
use crate::interest::{Interest, Source};
use crate::lobby::Lobby;
use crate::log;
use crate::open_files::FRESH;
use crate::options::WhenFull;
use crate::places::{Place, Places};
use crate::socket::{self, Mode};

/// The door of a server.
pub(crate) struct Acceptor<'s> {
    server: &'s Server,
    mode: Mode,
    places: Places,
    /// `None` while nobody can even connect.
    listener: Option<TcpListener>,
    datagrams: Option<Datagrams<'s>>,
    /// Clients that were refused and are on their way out.
    lobby: Lobby,
    /// After a lack of descriptors or memory: when to try again.
    paused_until: Option<Instant>,
}

/// What a server that waits in accept(2) is given to do.
pub(crate) enum Work<'a, 's> {
    /// A client to talk with.
    Connection(Accepted),
    /// A socket with a datagram to answer.
    Datagram(&'a mut Datagrams<'s>),
}

/// A client that was let in.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) stream: TcpStream,
    pub(crate) client: Client,
    pub(crate) may_exit: bool,
    pub(crate) place: Place,
}

impl<'s> Acceptor<'s> {
    /// Takes one of the server's sets of sockets; `mode` is that of the connections it will give.
    pub(crate) fn new(server: &'s Server, mode: Mode) -> Self {
        let (sockets, places) = server.take_share();
        Self {
            server,
            mode,
            places,
            listener: sockets.listener,
            datagrams: sockets.datagrams.map(|socket| Datagrams::new(server, socket)),
            lobby: Lobby::default(),
            paused_until: None,
        }
    }

    /// Sleeps until there is something to do; `None` when the server is to halt.
    pub(crate) fn next(&mut self) -> io::Result<Option<Work<'_, 's>>> {
        while !self.server.halt.is_set() {
            if self.listener.is_some() && !self.may_refuse() && self.places.are_full() {
                self.tend();
                self.places.wait(self.timeout());
                continue;
            }
            match self.wait()? {
                Some(Source::Listener) => {
                    if let Some(accepted) = self.try_accept()? {
                        return Ok(Some(Work::Connection(accepted)));
                    }
                }
                Some(Source::Datagrams) => return Ok(self.datagrams.as_mut().map(Work::Datagram)),
                _ => {}
            }
        }
        // Others may still be served for a while; who comes meanwhile is not to wait in vain.
        self.close();
        Ok(None)
    }

    /// Lets in the next client, if one is waiting and there is a place for it.
    pub(crate) fn try_accept(&mut self) -> io::Result<Option<Accepted>> {
        let listener = self.listener.as_ref().filter(|_| self.paused_until.is_none());
        let Some(listener) = listener else { return Ok(None) };
        let accepted = match listener.accept() {
            // What files gave back may do for this client. Once: another worker may be faster.
            Err(error) if is_shortage(&error) && self.closes_unused() => listener.accept(),
            accepted => accepted,
        };
        match accepted {
            Ok((stream, peer)) => Ok(self.admit(stream, peer)),
            Err(error) => self.excuse(error).map(|()| None),
        }
    }

    /// The listening socket, and whether it is to be left alone for now.
    pub(crate) fn listener(&self) -> Option<(BorrowedFd<'_>, Interest)> {
        let full = !self.may_refuse() && self.places.are_full();
        let leave = full || self.paused_until.is_some();
        let interest = if leave { Interest::Nothing } else { Interest::Readable };
        self.listener.as_ref().map(|listener| (listener.as_fd(), interest))
    }

    /// The socket for datagrams.
    pub(crate) fn datagrams(&self) -> Option<BorrowedFd<'_>> {
        self.datagrams.as_ref().map(|datagrams| datagrams.as_fd())
    }

    /// Answers a datagram, if one is there.
    pub(crate) fn answer_datagram(&mut self) {
        if let Some(datagrams) = &mut self.datagrams {
            datagrams.answer();
        }
    }

    /// When [`Acceptor::tend`] has something to do.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let deadlines = [self.paused_until, self.lobby.deadline(), self.sweep_at()];
        deadlines.into_iter().flatten().min()
    }

    /// Sees to what time has brought about.
    pub(crate) fn tend(&mut self) {
        self.paused_until = self.paused_until.filter(|until| Instant::now() < *until);
        self.lobby.sweep();
        if let Some(files) = &self.server.files {
            files.sweep();
        }
    }

    /// A connection has ended, and with it perhaps a lack of descriptors.
    pub(crate) fn resume(&mut self) {
        self.paused_until = None;
    }

    /// Lets nobody in any more, and hears no datagrams, but answers those that have arrived.
    pub(crate) fn close(&mut self) {
        if let Some(listener) = self.listener.take() {
            socket::stop_listening(&listener);
        }
        if let Some(mut datagrams) = self.datagrams.take() {
            datagrams.finish();
        }
    }

    /// Runs `conversation`, the only one that the server can hold. With `--when-full refuse` it
    /// does not listen meanwhile, so that the system itself refuses whoever tries to connect.
    pub(crate) fn alone(&mut self, conversation: impl FnOnce()) -> io::Result<()> {
        if !self.may_refuse() {
            conversation();
            return Ok(());
        }
        self.listener = None;
        conversation();
        if !self.server.halt.is_set() {
            self.listener = Some(self.server.listen_again()?);
        }
        Ok(())
    }

    /// Sleeps until a source is ready (the first one, if several are), or it is time to look
    /// after something else.
    fn wait(&mut self) -> io::Result<Option<Source>> {
        self.tend();
        let timeout = self.timeout().map(timespec);
        let listener = self.listener().filter(|(_, interest)| *interest == Interest::Readable);
        let sources = [
            Some((Source::Halt, self.server.halt.wake())),
            listener.map(|(fd, _)| (Source::Listener, fd)),
            self.datagrams().map(|fd| (Source::Datagrams, fd)),
        ];
        let (sources, fds): (Vec<_>, Vec<_>) = sources.into_iter().flatten().unzip();
        let watch = |fd| PollFd::from_borrowed_fd(fd, PollFlags::IN);
        let mut fds: Vec<_> = fds.into_iter().map(watch).collect();
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ready = fds.iter().position(|fd| !fd.revents().is_empty());
        Ok(ready.map(|index| sources[index]))
    }

    /// How long to sleep at most.
    fn timeout(&self) -> Option<Duration> {
        self.deadline().map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// When to look for open files that are of no use any more. While somebody is served on another
    /// thread, a file may be opened there that nobody here is told of.
    fn sweep_at(&self) -> Option<Instant> {
        let files = self.server.files.as_ref()?;
        let others = self.mode == Mode::Blocking && self.server.active.load(Ordering::Relaxed) > 0;
        files.sweep_at().or_else(|| others.then(|| Instant::now() + FRESH))
    }

    fn admit(&mut self, stream: TcpStream, peer: SocketAddr) -> Option<Accepted> {
        let id = self.server.next_id();
        if !self.server.options.model.can_watch(stream.as_fd()) {
            return self.refuse(id, stream, peer, "its descriptor is beyond FD_SETSIZE");
        }
        let Some((place, active)) = self.places.take() else {
            return self.refuse(id, stream, peer, "all places are taken");
        };
        if let Err(error) = socket::prepare(&stream, self.mode, &self.server.options.bind.socket) {
            let error = explain::errno(&error);
            log::pass(
                &self.server.accept_log,
                |unlogged| warn!(id, %peer, error, unlogged, "lost at once"),
            );
            return None;
        }
        let local = || stream.local_addr().ok().map(|local| local.ip());
        let may_exit = self.server.may_exit(peer.ip(), local);
        info!(id, %peer, active, "opened");
        Some(Accepted { stream, client: Client { id, peer }, may_exit, place })
    }

    fn refuse(
        &mut self,
        id: u64,
        stream: TcpStream,
        peer: SocketAddr,
        why: &str,
    ) -> Option<Accepted> {
        log::pass(&self.server.accept_log, |unlogged| warn!(id, %peer, unlogged, "refused: {why}"));
        self.lobby.refuse(self.server, stream, Client { id, peer });
        None
    }

    /// Closes files that are only kept in case somebody asks again, and says whether there were
    /// any.
    fn closes_unused(&self) -> bool {
        self.server.files.as_ref().is_some_and(Files::close_unused)
    }

    fn may_refuse(&self) -> bool {
        self.server.options.when_full == WhenFull::Refuse
    }

    /// What accept(2) says when it gives no connection; an error only if it will never again.
    fn excuse(&mut self, error: io::Error) -> io::Result<()> {
        match Errno::from_io_error(&error) {
            Some(Errno::AGAIN | Errno::INTR) => Ok(()),
            _ if is_shortage(&error) => {
                // The client stays in the queue, so the socket stays ready: without a pause this
                // would be tried for ever.
                self.paused_until = Some(Instant::now() + PAUSE);
                let error = explain::errno(&error);
                log::pass(&self.server.accept_log, |unlogged| {
                    warn!(error, unlogged, "cannot accept for now; raise `ulimit -n`");
                });
                Ok(())
            }
            // Another worker has shut it down already.
            Some(Errno::INVAL) if self.server.halt.is_set() => Ok(()),
            // The listening socket itself is unusable.
            Some(Errno::BADF | Errno::INVAL | Errno::NOTSOCK) => Err(error),
            // accept(2): errors of the new connection are to be treated like EAGAIN.
            _ => {
                let error = explain::errno(&error);
                log::pass(&self.server.accept_log, |unlogged| {
                    warn!(error, unlogged, "lost before the accept");
                });
                Ok(())
            }
        }
    }
}

/// Whether the system is short of descriptors or memory; it may have more to give later.
pub(crate) fn is_shortage(error: &io::Error) -> bool {
    #[cfg(unix)]
    if matches!(Errno::from_io_error(error), Some(Errno::NFILE | Errno::NOMEM)) {
        return true;
    }
    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NOBUFS))
}

/// How long after a shortage accept(2) is tried again, unless a connection ends.
const PAUSE: Duration = Duration::from_secs(1);

/// A length of time, as system calls take it.
pub(crate) fn timespec(length: Duration) -> Timespec {
    length.try_into().unwrap_or(Timespec { tv_sec: i32::MAX.into(), tv_nsec: 0 })
}
