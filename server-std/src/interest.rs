//! What a multiplexing model waits for.

/// Something that can become ready.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Source {
    /// The server is to halt.
    Halt,
    /// A client wants in.
    Listener,
    /// A datagram has come.
    Datagrams,
    /// A client, by the id of its connection. Ids are never used twice, so that a report that
    /// comes late cannot mean somebody else.
    Connection(u64),
}

/// What a source is to be watched for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Interest {
    /// Nothing at the moment.
    Nothing,
    /// Something to read, or the end of it.
    Readable,
    /// Room to send.
    Writable,
}

/// What a wait call says of a source.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Event {
    /// It can be served; an error, too, shows itself there.
    Ready,
    /// Its peer has sent urgent data, the exceptional condition of select(2).
    Urgent,
}
