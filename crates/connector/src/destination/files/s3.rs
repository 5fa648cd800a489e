//! A prefix in an S3-compatible store as the place for files.
//!
//! Endpoint, region and credentials come from the usual environment variables. The store must honour `If-None-Match` on writes (Amazon S3 since 2024, and
//! the stores that follow it): manifests and the lock are created with it; `check` tries it out. The lock is an object that its owner touches every half minute; one that
//! was not touched for two minutes by the store's own clock is taken over. That is a courtesy: a writer that was only asleep finds at its next commit
//! that the manifest's number is taken, and fails without having changed anything that readers see.

use std::fs::{self, File};
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use rusty_s3::actions::ListObjectsV2;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use ureq::http::Response;
use ureq::{Agent, Body};

use super::place::{Place, trouble};
use crate::{Error, Machine, Result, World};

/// How long a signed address is good for.
const SIGNED: Duration = Duration::from_mins(15);
/// Tries of one request.
const TRIES: u32 = 5;
/// The lock is touched that often.
const BEAT: Duration = Duration::from_secs(30);
/// A lock that was not touched for so many seconds is taken over.
const STALE: i64 = 120;
const LOCK: &str = "_favo/lock";

/// How a store is reached.
#[derive(Clone)]
pub(super) struct Access {
    pub(super) key: String,
    pub(super) secret: String,
    pub(super) session: Option<String>,
    pub(super) region: String,
    /// None: Amazon's.
    pub(super) endpoint: Option<String>,
}

impl Access {
    /// From `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION` and `AWS_ENDPOINT_URL`.
    pub(super) fn from_environment() -> Result<Self> {
        let optional = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let needed = |name: &str| {
            optional(name).ok_or_else(|| {
                Error::Configuration(format!(
                    "s3:// needs the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; {name} is not set"
                ))
            })
        };
        Ok(Self {
            key: needed("AWS_ACCESS_KEY_ID")?,
            secret: needed("AWS_SECRET_ACCESS_KEY")?,
            session: optional("AWS_SESSION_TOKEN"),
            region: optional("AWS_REGION")
                .or_else(|| optional("AWS_DEFAULT_REGION"))
                .unwrap_or_else(|| "us-east-1".to_owned()),
            endpoint: optional("AWS_ENDPOINT_URL_S3").or_else(|| optional("AWS_ENDPOINT_URL")),
        })
    }
}

/// Bucket, prefix and the means to send requests; shared with the thread that keeps the lock.
#[derive(Clone)]
struct Store {
    bucket: Bucket,
    credentials: Credentials,
    /// Without slashes at its ends; empty for the whole bucket.
    prefix: String,
    agent: Agent,
}

/// A condition of a write.
#[derive(Clone, Copy)]
enum Only<'a> {
    IfAbsent,
    IfStill(&'a str),
}

enum Content<'a> {
    Bytes(&'a [u8]),
    File(&'a Path),
}

/// The outcome of a write: the new tag, or none when its condition did not hold.
type Written = Option<String>;

impl Store {
    fn object(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) }
    }

    fn now() -> Timestamp {
        Timestamp::from_microsecond(Machine.now()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn url<'a>(action: &impl S3Action<'a>) -> String {
        action.sign_with_time(SIGNED, &Self::now()).to_string()
    }

    /// Sends a request until it is answered: lost connections, 429 and 5xx are tried again.
    fn send(
        &self,
        doing: &str,
        name: &str,
        mut request: impl FnMut() -> Result<std::result::Result<Response<Body>, ureq::Error>>,
    ) -> Result<(Response<Body>, bool)> {
        let mut wait = Duration::from_millis(200);
        for attempt in 1.. {
            let last = attempt == TRIES;
            match request()? {
                Ok(response) => match response.status().as_u16() {
                    429 | 500..=599 if !last => {}
                    status @ (429 | 500..=599) => {
                        return Err(self.refused(
                            doing,
                            name,
                            &format!("it answers {status}; try again later"),
                        ));
                    }
                    _ => return Ok((response, attempt > 1)),
                },
                Err(error) if last => {
                    return Err(self.refused(
                        doing,
                        name,
                        &format!("{error}; see that the store can be reached"),
                    ));
                }
                Err(_) => {}
            }
            Machine.sleep(wait);
            wait *= 2;
        }
        Err(self.refused(doing, name, "no answer"))
    }

    fn refused(&self, doing: &str, name: &str, why: &str) -> Error {
        Error::Destination(format!("cannot {doing} {name} in the bucket {}: {why}", self.bucket.name()))
    }

    /// An answer that is no success, as a sentence.
    fn unhappy(&self, doing: &str, name: &str, response: Response<Body>) -> Error {
        let status = response.status().as_u16();
        let body = response.into_body().read_to_string().unwrap_or_default();
        let code = body
            .split_once("<Code>")
            .and_then(|(_, rest)| rest.split_once("</Code>"))
            .map_or(String::new(), |(code, _)| code.to_owned());
        match (status, code.as_str()) {
            (_, "NoSuchBucket") => {
                Error::Destination(format!("there is no bucket {}; create it first", self.bucket.name()))
            }
            (401 | 403, _) => self.refused(
                doing,
                name,
                &format!("the store refuses it ({status} {code}); check the credentials and their rights to read, write, list and delete"),
            ),
            _ => self.refused(doing, name, &format!("the store answers {status} {code}")),
        }
    }

    fn write(&self, name: &str, content: &Content<'_>, only: Only<'_>) -> Result<Written> {
        let object = self.object(name);
        let (response, repeated) = self.send("write", name, || {
            let url = Self::url(&self.bucket.put_object(Some(&self.credentials), &object));
            let mut request = self.agent.put(url);
            match only {
                Only::IfAbsent => request = request.header("if-none-match", "*"),
                Only::IfStill(tag) => request = request.header("if-match", tag),
            }
            match content {
                Content::Bytes(bytes) => Ok(request.send(*bytes)),
                Content::File(path) => {
                    let read = |error| trouble("read", path.display(), &error);
                    // A file has a length: a body without one would be sent in chunks, which stores refuse.
                    Ok(request.send(&File::open(path).map_err(read)?))
                }
            }
        })?;
        match response.status().as_u16() {
            200..=299 => Ok(Some(tag_of(&response))),
            409 | 412 => {
                // The first try may have arrived though its answer did not.
                if repeated && let Some(response) = self.get(name)? {
                    let tag = tag_of(&response);
                    if same(response.into_body().into_reader(), content) {
                        return Ok(Some(tag));
                    }
                }
                Ok(None)
            }
            404 if matches!(only, Only::IfStill(_)) => Ok(None),
            _ => Err(self.unhappy("write", name, response)),
        }
    }

    fn get(&self, name: &str) -> Result<Option<Response<Body>>> {
        let object = self.object(name);
        let (response, _) = self.send("read", name, || {
            Ok(self.agent.get(Self::url(&self.bucket.get_object(Some(&self.credentials), &object))).call())
        })?;
        match response.status().as_u16() {
            200..=299 => Ok(Some(response)),
            404 => Ok(None),
            _ => Err(self.unhappy("read", name, response)),
        }
    }

    /// A small object, and the answer it came in.
    fn read(&self, name: &str) -> Result<Option<(Vec<u8>, Response<()>)>> {
        let Some(response) = self.get(name)? else { return Ok(None) };
        let (parts, mut body) = response.into_parts();
        let bytes = body.read_to_vec().map_err(|error| self.refused("read", name, &error.to_string()))?;
        Ok(Some((bytes, Response::from_parts(parts, ()))))
    }

    fn delete(&self, name: &str) -> Result<()> {
        let object = self.object(name);
        let (response, _) = self.send("remove", name, || {
            Ok(self
                .agent
                .delete(Self::url(&self.bucket.delete_object(Some(&self.credentials), &object)))
                .call())
        })?;
        match response.status().as_u16() {
            200..=299 | 404 => Ok(()),
            _ => Err(self.unhappy("remove", name, response)),
        }
    }
}

/// Whether what is there is what was to be written; an object can be larger than memory should hold.
fn same(there: impl Read, content: &Content<'_>) -> bool {
    fn equal(one: impl Read, other: impl Read) -> std::io::Result<bool> {
        let mut other = BufReader::new(other).bytes();
        for byte in BufReader::new(one).bytes() {
            if other.next().transpose()? != Some(byte?) {
                return Ok(false);
            }
        }
        Ok(other.next().is_none())
    }
    match content {
        Content::Bytes(bytes) => equal(there, *bytes),
        Content::File(path) => File::open(path).and_then(|file| equal(there, file)),
    }
    .unwrap_or(false)
}

fn tag_of<T>(response: &Response<T>) -> String {
    response.headers().get("etag").and_then(|tag| tag.to_str().ok()).unwrap_or_default().to_owned()
}

/// A moment of an answer's header, in seconds.
fn seconds<T>(response: &Response<T>, header: &str) -> Option<i64> {
    let text = response.headers().get(header)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|moment| moment.timestamp().as_second())
}

/// The lock while it is held.
struct Held {
    /// Tag of the lock object as this run last wrote it.
    tag: Arc<Mutex<String>>,
    lost: Arc<AtomicBool>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The place.
pub(super) struct S3 {
    store: Store,
    staging: PathBuf,
    held: Option<Held>,
    /// Seconds after which a lock counts as left behind.
    stale: i64,
}

impl std::fmt::Debug for S3 {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("S3").field(&self.describe()).finish()
    }
}

impl S3 {
    /// `place` is what stands after `s3://`: a bucket, and a prefix after a slash.
    pub(super) fn new(place: &str, access: &Access) -> Result<Self> {
        let (name, prefix) = place.split_once('/').unwrap_or((place, ""));
        let prefix = prefix.trim_matches('/');
        if name.is_empty()
            || prefix
                .split('/')
                .any(|part| matches!(part, "." | "..") || part.is_empty() && !prefix.is_empty())
        {
            return Err(Error::Configuration(format!(
                "s3://{place} is no bucket with a prefix; write s3://BUCKET/PREFIX"
            )));
        }
        let amazon = format!("https://s3.{}.amazonaws.com", access.region);
        let endpoint = access.endpoint.as_deref().unwrap_or(&amazon);
        // A bucket with a dot in its name does not fit Amazon's certificates, and other stores rarely have a host for each bucket.
        let style = if access.endpoint.is_some() || name.contains('.') {
            UrlStyle::Path
        } else {
            UrlStyle::VirtualHost
        };
        let wrong = |why: String| {
            Error::Configuration(format!(
                "the endpoint {endpoint} of the bucket {name} cannot be used: {why}"
            ))
        };
        let url = endpoint.parse().map_err(|error| wrong(format!("{error}")))?;
        let bucket = Bucket::new(url, style, name.to_owned(), access.region.clone())
            .map_err(|error| wrong(error.to_string()))?;
        let credentials = match &access.session {
            Some(session) => {
                Credentials::new_with_token(access.key.clone(), access.secret.clone(), session.clone())
            }
            None => Credentials::new(access.key.clone(), access.secret.clone()),
        };
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_mins(1)))
            .build()
            .new_agent();
        let staging = std::env::temp_dir().join(format!("favo-{:016x}", Machine.random()));
        Ok(Self {
            store: Store { bucket, credentials, prefix: prefix.to_owned(), agent },
            staging,
            held: None,
            stale: STALE,
        })
    }

    /// Takes over any lock.
    #[cfg(test)]
    pub(super) fn impatient(self) -> Self {
        Self { stale: -1, ..self }
    }

    fn still_ours(&self) -> Result<()> {
        if self.held.as_ref().is_some_and(|held| held.lost.load(Ordering::Relaxed)) {
            return Err(Error::Destination(format!(
                "another run took over {} because this one did not answer for two minutes; run again",
                self.describe()
            )));
        }
        Ok(())
    }

    /// Takes the lock object; its tag.
    fn take_lock(&self, body: &[u8]) -> Result<String> {
        let busy = || {
            Error::Destination(format!("another run is writing to {}; wait for it to end", self.describe()))
        };
        if let Some(tag) = self.store.write(LOCK, &Content::Bytes(body), Only::IfAbsent)? {
            return Ok(tag);
        }
        let Some((_, response)) = self.store.read(LOCK)? else {
            // Given back a moment ago.
            return self.store.write(LOCK, &Content::Bytes(body), Only::IfAbsent)?.ok_or_else(busy);
        };
        let age =
            seconds(&response, "date").zip(seconds(&response, "last-modified")).map(|(now, then)| now - then);
        if age.is_none_or(|age| age < self.stale) {
            return Err(busy());
        }
        self.store.write(LOCK, &Content::Bytes(body), Only::IfStill(&tag_of(&response)))?.ok_or_else(busy)
    }
}

impl Place for S3 {
    fn describe(&self) -> String {
        let name = format!("s3://{}/{}", self.store.bucket.name(), self.store.prefix);
        name.trim_end_matches('/').to_owned()
    }

    fn check(&mut self) -> Result<Vec<String>> {
        self.list("_favo/manifest")?;
        let name = format!("_favo/check-{:016x}", Machine.random());
        let body = Content::Bytes(b"favo");
        let first = self.store.write(&name, &body, Only::IfAbsent);
        let second = first.as_ref().ok().map(|_| self.store.write(&name, &body, Only::IfAbsent));
        let removed = self.store.delete(&name);
        first?;
        removed?;
        match second {
            Some(Ok(None)) => Ok(vec![format!("{} can be listed, written and deleted", self.describe())]),
            Some(Err(error)) => Err(error),
            _ => Err(Error::Destination(format!(
                "the store of {} ignores If-None-Match, so that two runs could damage each other's work; use a newer version of it",
                self.describe()
            ))),
        }
    }

    fn lock(&mut self) -> Result<()> {
        let body = format!("{{\"owner\":\"{:016x}\"}}", Machine.random()).into_bytes();
        let tag = Arc::new(Mutex::new(self.take_lock(&body)?));
        let lost = Arc::new(AtomicBool::new(false));
        let (stop, stopped) = channel::<()>();
        let (store, its_tag, its_lost) = (self.store.clone(), Arc::clone(&tag), Arc::clone(&lost));
        let thread = std::thread::spawn(move || {
            while stopped.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                let Ok(mut tag) = its_tag.lock() else { return };
                match store.write(LOCK, &Content::Bytes(&body), Only::IfStill(&tag)) {
                    Ok(Some(fresh)) => *tag = fresh,
                    Ok(None) => its_lost.store(true, Ordering::Relaxed),
                    // Perhaps the next beat gets through; if not, others may take over, and the manifest's number decides.
                    Err(_) => {}
                }
            }
        });
        self.held = Some(Held { tag, lost, stop: Some(stop), thread: Some(thread) });
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&self.staging)
            .map_err(|error| trouble("create the directory", self.staging.display(), &error))
    }

    fn unlock(&mut self) -> Result<()> {
        let Some(mut held) = self.held.take() else { return Ok(()) };
        let _ = fs::remove_dir_all(&self.staging);
        drop(held.stop.take());
        if let Some(thread) = held.thread.take() {
            let _ = thread.join();
        }
        let ours = held.tag.lock().is_ok_and(
            |tag| matches!(self.store.read(LOCK), Ok(Some((_, response))) if tag_of(&response) == *tag),
        );
        if ours { self.store.delete(LOCK) } else { Ok(()) }
    }

    fn staging(&self) -> &Path {
        &self.staging
    }

    fn publish(&mut self, staged: &Path, name: &str) -> Result<()> {
        self.still_ours()?;
        // Two writers that both believe to hold the lock give their files the same names: none may replace what the other published.
        if self.store.write(name, &Content::File(staged), Only::IfAbsent)?.is_none() {
            return Err(Error::Destination(format!(
                "another run wrote to {} at the same time; run again",
                self.describe()
            )));
        }
        let _ = fs::remove_file(staged);
        Ok(())
    }

    fn settle(&mut self) -> Result<()> {
        // What the store has acknowledged is durable.
        Ok(())
    }

    fn create(&mut self, name: &str, body: &[u8]) -> Result<bool> {
        self.still_ours()?;
        Ok(self.store.write(name, &Content::Bytes(body), Only::IfAbsent)?.is_some())
    }

    fn fetch(&self, name: &str) -> Result<Option<File>> {
        let Some(response) = self.store.get(name)? else { return Ok(None) };
        // The file has no name any more when this returns: nothing is left behind by a killed run.
        let path = std::env::temp_dir().join(format!("favo-{:016x}", Machine.random()));
        let failed = |error| trouble("write", path.display(), &error);
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(failed)?;
        let _ = fs::remove_file(&path);
        std::io::copy(&mut response.into_body().into_reader(), &mut file)
            .map_err(|error| self.store.refused("read", name, &error.to_string()))?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        Ok(Some(file))
    }

    fn list(&self, folder: &str) -> Result<Vec<String>> {
        let prefix = self.store.object(&format!("{folder}/"));
        let mut names = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let (mut response, _) = self.store.send("list", folder, || {
                let mut action = self.store.bucket.list_objects_v2(Some(&self.store.credentials));
                action.with_prefix(prefix.as_str());
                action.with_delimiter("/");
                if let Some(token) = &token {
                    action.with_continuation_token(token.as_str());
                }
                Ok(self.store.agent.get(Store::url(&action)).call())
            })?;
            if !response.status().is_success() {
                return Err(self.store.unhappy("list", folder, response));
            }
            let unreadable = |error: String| self.store.refused("list", folder, &error);
            let body = response.body_mut().read_to_string().map_err(|error| unreadable(error.to_string()))?;
            let page = ListObjectsV2::parse_response(&body).map_err(|error| unreadable(error.to_string()))?;
            names.extend(
                page.contents.iter().filter_map(|object| object.key.strip_prefix(&prefix)).map(str::to_owned),
            );
            token = page.next_continuation_token;
            if token.is_none() {
                return Ok(names);
            }
        }
    }

    fn delete(&mut self, name: &str) -> Result<()> {
        self.still_ours()?;
        self.store.delete(name)
    }
}
