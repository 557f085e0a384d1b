//! What follows the head of a response: a part of a file, or bytes made for it.

use std::io::{self, ErrorKind};
use std::net::TcpStream;
use std::ops::Range;
use std::sync::Arc;

use crate::log::Access;
use crate::open_files::OpenFile;

/// A body, and how much of it is still to be sent.
#[derive(Debug)]
pub(crate) struct Body {
    source: Source,
    left: Range<u64>,
    /// To be told how much was sent.
    access: Option<Access>,
}

#[derive(Debug)]
enum Source {
    File(Arc<OpenFile>),
    Bytes(Vec<u8>),
}

impl Body {
    /// `part` of a file.
    pub(crate) fn of_file(file: Arc<OpenFile>, part: Range<u64>) -> Self {
        Self { source: Source::File(file), left: part, access: None }
    }

    /// `part` of `bytes`.
    pub(crate) fn of_bytes(bytes: Vec<u8>, part: Range<u64>) -> Self {
        Self { source: Source::Bytes(bytes), left: part, access: None }
    }

    /// Logs the response when its body is sent, or given up.
    pub(crate) fn log(&mut self, access: Access) {
        self.access = Some(access);
    }

    /// What is left, if it is in memory.
    pub(crate) fn in_memory(&self) -> Option<&[u8]> {
        let bytes = match &self.source {
            Source::Bytes(bytes) => bytes,
            Source::File(file) => file.content.as_ref()?,
        };
        bytes.get(usize::try_from(self.left.start).ok()?..usize::try_from(self.left.end).ok()?)
    }

    /// Whether all is sent.
    pub(crate) fn is_sent(&self) -> bool {
        self.left.is_empty()
    }

    /// Sends what the system takes at once, and returns how many bytes that were.
    ///
    /// # Errors
    ///
    /// Those of send(2) and sendfile(2); `UnexpectedEof` if the file has become shorter than was
    /// promised, which only the end of the connection can tell the peer.
    pub(crate) fn send(&mut self, stream: &TcpStream) -> io::Result<usize> {
        let sent = match self.in_memory() {
            Some(bytes) => io::Write::write(&mut &*stream, bytes)?,
            None => self.send_file(stream)?,
        };
        if sent == 0 && !self.is_sent() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.left.start += sent as u64;
        if let Some(access) = &mut self.access {
            access.sent += sent as u64;
        }
        Ok(sent)
    }

    #[cfg(target_os = "linux")]
    fn send_file(&self, stream: &TcpStream) -> io::Result<usize> {
        let Source::File(file) = &self.source else { return Ok(0) };
        let mut offset = self.left.start;
        let count = usize::try_from(self.left.end - self.left.start).unwrap_or(usize::MAX);
        Ok(rustix::fs::sendfile(stream, &file.file, Some(&mut offset), count.min(CHUNK))?)
    }

    #[cfg(not(target_os = "linux"))]
    fn send_file(&self, mut stream: &TcpStream) -> io::Result<usize> {
        let Source::File(file) = &self.source else { return Ok(0) };
        let mut chunk = vec![0; CHUNK.min((self.left.end - self.left.start) as usize)];
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(&file.file, &mut chunk, self.left.start)?;
        #[cfg(windows)]
        let read =
            std::os::windows::fs::FileExt::seek_read(&file.file, &mut chunk, self.left.start)?;
        if read == 0 {
            return Ok(0);
        }
        io::Write::write(&mut stream, &chunk[..read])
    }
}

/// How much one call sends at most, so that nobody takes more than a share of the time.
#[cfg(target_os = "linux")]
const CHUNK: usize = 2 * 1024 * 1024;
#[cfg(not(target_os = "linux"))]
const CHUNK: usize = 64 * 1024;
