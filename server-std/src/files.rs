//! From a request to what is sent: looks up what is asked for under the document root.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use antiphon_protocol::Session;
use antiphon_protocol::http::{Coding, Error, Lookup, MediaType, Path, Request, Status};
use cap_std::fs::Dir;

use crate::body::Body;
use crate::clock::now;
use crate::document_root::{DocumentRoot, Found, refusal};
use crate::listing;
use crate::open_files::{OpenFile, OpenFiles};
use crate::options::Options;

/// What a server serves over HTTP.
#[derive(Debug)]
pub(crate) struct Files {
    root: DocumentRoot,
    /// Whether directories without an index are listed.
    list: bool,
    open: Mutex<OpenFiles>,
}

/// A response: `produced` bytes are in the output, and then comes the body.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) produced: usize,
    pub(crate) body: Option<Body>,
    pub(crate) status: Status,
    /// The length of the content that is sent.
    pub(crate) content: u64,
}

/// What was found under a path.
enum Content {
    File(Arc<OpenFile>),
    Listing(Vec<u8>),
    Moved,
}

impl Files {
    /// Opens the root that the options name.
    pub(crate) fn open(options: &Options) -> io::Result<Self> {
        let root = DocumentRoot::open(options.root(), options.dotfiles)?;
        Ok(Self { root, list: options.list, open: Mutex::default() })
    }

    /// Answers `request`, which `session` gave, into `output`. Content that is in memory and fits
    /// is there already, so that a small file is one send.
    pub(crate) fn respond(
        &self,
        session: &mut Session<'_>,
        request: &Request<'_>,
        output: &mut [u8],
    ) -> Response {
        let found = match request.refusal() {
            Some(why) => Err(why),
            None => self.look_up(request),
        };
        let lookup = match &found {
            Ok(Content::File(file)) => file.lookup(),
            Ok(Content::Listing(page)) => {
                Lookup::Made { len: page.len() as u64, media_type: MediaType::HTML }
            }
            Ok(Content::Moved) => Lookup::Moved,
            Err(why) => Lookup::Refused(*why),
        };
        let head = session.answer(request, &lookup, now(), output);
        let mut response = Response {
            produced: head.produced,
            body: None,
            status: head.status,
            content: head.content,
        };
        if !head.body.is_empty() {
            let body = match found {
                Ok(Content::File(file)) => Body::of_file(file, head.body),
                Ok(Content::Listing(page)) => Body::of_bytes(page, head.body),
                _ => return response,
            };
            response.add(body, output);
        }
        response
    }

    fn look_up(&self, request: &Request<'_>) -> Result<Content, Error> {
        let codings = [request.accepts(Coding::Brotli), request.accepts(Coding::Gzip)];
        let mut memory = [0; LONGEST_PATH];
        let path = request.target().decode(&mut memory)?;
        let kept = self.lock().get(&path, codings);
        if let Some(file) = kept.filter(|file| file.is_as_it_was()) {
            return Ok(Content::File(file));
        }
        let found = match self.find(&path, codings, request) {
            Err(Error::Unavailable) if self.close_unused() => self.find(&path, codings, request),
            found => found,
        };
        match &found {
            Ok(Content::File(file)) => self.lock().insert(&path, codings, file),
            _ => self.lock().remove(&path),
        }
        found
    }

    /// When [`Files::sweep`] has something to do.
    pub(crate) fn sweep_at(&self) -> Option<Instant> {
        self.lock().sweep_at()
    }

    /// Closes files that were looked at too long ago, if it is time to.
    pub(crate) fn sweep(&self) {
        self.lock().sweep();
    }

    /// Gives back the descriptors of files that are only kept in case somebody asks again, and says
    /// whether there were any.
    pub(crate) fn close_unused(&self) -> bool {
        self.lock().clear()
    }

    fn find(
        &self,
        path: &Path<'_>,
        codings: [bool; 2],
        request: &Request<'_>,
    ) -> Result<Content, Error> {
        match self.root.find(path)? {
            Found::File(..) if path.is_directory() => Err(Error::NotFound),
            Found::Directory(_) if !path.is_directory() => Ok(Content::Moved),
            Found::Directory(dir) => self.directory(&dir, path, codings, request),
            Found::File(file, metadata) => {
                let beside = |end: &str| self.root.find_beside(path, end);
                open(
                    file.into_std(),
                    &metadata,
                    MediaType::of_file(path.as_bytes()),
                    codings,
                    beside,
                )
            }
        }
    }

    fn directory(
        &self,
        dir: &Dir,
        path: &Path<'_>,
        codings: [bool; 2],
        request: &Request<'_>,
    ) -> Result<Content, Error> {
        match self.root.find_in(path, INDEX.as_bytes()) {
            Ok(Found::File(file, metadata)) => {
                let beside =
                    |end: &str| self.root.find_in(path, format!("{INDEX}{end}").as_bytes());
                open(
                    file.into_std(),
                    &metadata,
                    MediaType::of_file(INDEX.as_bytes()),
                    codings,
                    beside,
                )
            }
            Err(why) if why != Error::NotFound => Err(why),
            _ if self.list => {
                let order = listing::Order::parse(request.target().query().unwrap_or_default());
                let is_hidden = |name: &[u8]| !self.root.serves(name);
                let look_at = |name: &[u8]| self.root.look_at(path, name);
                let listing = listing::read(dir, order, listing::MOST, is_hidden, look_at);
                let listing = listing.map_err(|error| refusal(&error))?;
                Ok(Content::Listing(listing::page(path, order, &listing).into_bytes()))
            }
            _ => Err(Error::Forbidden),
        }
    }

    fn lock(&self) -> MutexGuard<'_, OpenFiles> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Response {
    /// Puts the body behind the head, if it is in memory and there is room.
    fn add(&mut self, body: Body, output: &mut [u8]) {
        let room = output.get_mut(self.produced..).unwrap_or_default();
        match body.in_memory().and_then(|bytes| Some((bytes, room.get_mut(..bytes.len())?))) {
            Some((bytes, room)) => {
                room.copy_from_slice(bytes);
                self.produced += bytes.len();
            }
            None => self.body = Some(body),
        }
    }
}

/// Takes the file, or the one beside it that holds the same in a coding the client takes. Their
/// sizes are not compared.
fn open(
    file: std::fs::File,
    metadata: &cap_std::fs::Metadata,
    media_type: MediaType<'static>,
    codings: [bool; 2],
    beside: impl Fn(&str) -> Result<Found, Error>,
) -> Result<Content, Error> {
    let coded =
        [(Coding::Brotli, ".br"), (Coding::Gzip, ".gz")].map(|(coding, end)| match beside(end) {
            Ok(Found::File(file, metadata)) => Some((coding, file.into_std(), metadata)),
            _ => None,
        });
    let vary = coded.iter().any(Option::is_some);
    let accepted =
        coded.into_iter().zip(codings).find_map(|(coded, taken)| coded.filter(|_| taken));
    let opened = match accepted {
        Some((coding, file, metadata)) => {
            OpenFile::new(file, &metadata, media_type, Some(coding), vary)
        }
        None => OpenFile::new(file, metadata, media_type, None, vary),
    };
    opened.map(Arc::new).map(Content::File).map_err(|_| Error::Internal)
}

/// What stands for a directory that has it.
const INDEX: &str = "index.html";

/// The longest path that is looked up; Linux takes no longer one (PATH_MAX).
const LONGEST_PATH: usize = 4096;
