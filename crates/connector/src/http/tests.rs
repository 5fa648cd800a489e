//! A world without waiting, a small server on loopback that answers as a closure says, and what the client makes of its faults.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;
use crate::settings::{Secret, SourceKind};

/// Time moves only when somebody sleeps.
#[derive(Debug)]
pub(crate) struct Quiet {
    now: AtomicI64,
    random: AtomicU64,
}

impl Default for Quiet {
    fn default() -> Self {
        // 15 June 2026, noon UTC.
        Self { now: AtomicI64::new(NOON), random: AtomicU64::new(1) }
    }
}

pub(crate) const NOON: i64 = 1_781_524_800_000_000;

impl World for Quiet {
    fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    fn sleep(&self, length: Duration) {
        self.now.fetch_add(length.as_micros() as i64, Ordering::Relaxed);
    }

    fn random(&self) -> u64 {
        self.random.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed)
    }
}

/// What the server answers.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
    /// Bytes after which the connection is closed; 0 closes it without a word.
    pub(crate) cut: Option<usize>,
    pub(crate) delay: Duration,
    pub(crate) no_length: bool,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: String::new(),
            body: body.into(),
            cut: None,
            delay: Duration::ZERO,
            no_length: false,
        }
    }

    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::new(200, body)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers += &[name, ": ", value, "\r\n"].concat();
        self
    }
}

/// One request as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
}

type Answer = dyn Fn(&Seen, usize) -> Reply + Send + Sync;

/// A server that lives as long as the value.
pub(crate) struct Server {
    address: SocketAddr,
    over: Arc<AtomicBool>,
    pub(crate) log: Arc<Mutex<Vec<Seen>>>,
    pub(crate) most_at_once: Arc<AtomicUsize>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    /// The closure gets each request and how many there were before.
    pub(crate) fn start(answer: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let log = Arc::new(Mutex::new(Vec::new()));
        let most_at_once = Arc::new(AtomicUsize::new(0));
        let running = Arc::new(AtomicUsize::new(0));
        let answer: Arc<Answer> = Arc::new(answer);
        let (ending, shared, most) = (Arc::clone(&over), Arc::clone(&log), Arc::clone(&most_at_once));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ending.load(Ordering::Relaxed) {
                    return;
                }
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&shared));
                let (running, most) = (Arc::clone(&running), Arc::clone(&most));
                std::thread::spawn(move || {
                    let _ = serve(&stream.unwrap(), &answer, &log, &running, &most);
                });
            }
        });
        Self { address, over, log, most_at_once, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/crm/api/1", self.address)
    }

    pub(crate) fn count(&self) -> usize {
        self.log.lock().unwrap().len()
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings::new(SourceKind::Nectar, &self.url(), Secret::new("geheim"), "sqlite:x")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(
    stream: &TcpStream,
    answer: &Arc<Answer>,
    log: &Mutex<Vec<Seen>>,
    running: &AtomicUsize,
    most: &AtomicUsize,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut stream = stream;
    loop {
        let Some(first) = lines.next() else { return Ok(()) };
        let target = first?.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut headers = Vec::new();
        for line in lines.by_ref() {
            let line = line?;
            let Some((name, value)) = line.split_once(": ") else { break };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let seen = Seen { target, headers };
        let number = {
            let mut log = log.lock().unwrap();
            log.push(seen.clone());
            log.len() - 1
        };
        most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let reply = answer(&seen, number);
        if !reply.delay.is_zero() {
            std::thread::sleep(reply.delay);
        }
        running.fetch_sub(1, Ordering::SeqCst);
        let mut bytes = format!("HTTP/1.1 {} X\r\n{}", reply.status, reply.headers).into_bytes();
        if reply.no_length {
            bytes.extend_from_slice(b"Connection: close\r\n\r\n");
        } else {
            bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", reply.body.len()).as_bytes());
        }
        let head = bytes.len();
        bytes.extend_from_slice(&reply.body);
        if let Some(cut) = reply.cut {
            let end = if cut == 0 { 0 } else { (head + cut).min(bytes.len()) };
            stream.write_all(&bytes[..end])?;
            return stream.shutdown(std::net::Shutdown::Both);
        }
        stream.write_all(&bytes)?;
        if reply.no_length {
            return stream.shutdown(std::net::Shutdown::Both);
        }
    }
}

fn client(server: &Server) -> (Arc<Quiet>, Arc<Progress>, Client) {
    let (world, progress) = (Arc::new(Quiet::default()), Arc::new(Progress::default()));
    let client = Client::new(&server.settings(), Arc::clone(&world) as _, Arc::clone(&progress)).unwrap();
    (world, progress, client)
}

/// A client of a server that answers with these, one after the other, and then with `[1]`.
fn scripted(replies: Vec<Reply>) -> (Server, Arc<Quiet>, Arc<Progress>, Client) {
    let server =
        Server::start(move |_, number| replies.get(number).cloned().unwrap_or_else(|| Reply::ok("[1]")));
    let (world, progress, client) = client(&server);
    (server, world, progress, client)
}

#[test]
fn a_request_carries_the_token_in_its_header_and_nowhere_else() {
    let (server, _, progress, client) = scripted(vec![]);
    let fetched = client.get("/crm/api/1/contatos?page=1", Vec::new()).unwrap();
    assert_eq!((fetched.status, &fetched.body[..]), (200, &b"[1]"[..]));
    let seen = server.log.lock().unwrap()[0].clone();
    assert_eq!(seen.target, "/crm/api/1/contatos?page=1");
    let header =
        |name: &str| seen.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(header("access-token"), Some("geheim"));
    assert_eq!(header("accept-encoding"), Some("gzip"));
    assert_eq!(header("user-agent"), Some(concat!("favo/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(Progress::get(&progress.bytes), 3);
    assert_eq!(Progress::get(&progress.in_flight), 0);
    assert!(!format!("{client:?}").contains("geheim"));
}

#[test]
fn retry_after_in_seconds_and_as_a_date_are_both_waited_for() {
    let (server, world, progress, client) = scripted(vec![
        Reply::new(429, "{}").with("Retry-After", "17"),
        // The server's clock is days off; the distance counts.
        Reply::new(503, "{}")
            .with("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
            .with("Retry-After", "Sun, 06 Nov 1994 08:50:17 GMT"),
    ]);
    client.get("/x", Vec::new()).unwrap();
    assert_eq!(world.now() - NOON, 57_000_000);
    assert_eq!(server.count(), 3);
    assert_eq!(Progress::get(&progress.retries), 2);
}

#[test]
fn a_wait_of_a_day_closes_the_client_for_everything() {
    let (server, world, _, client) = scripted(vec![Reply::new(429, "{}").with("Retry-After", "86400")]);
    let Err(Error::Source(why)) = client.get("/x", Vec::new()) else { panic!() };
    assert!(why.contains("1440 minutes"), "{why}");
    assert_eq!(client.get("/y", Vec::new()).unwrap_err(), Error::Source(why));
    assert_eq!((server.count(), world.now()), (1, NOON));
}

#[test]
fn five_hundreds_are_repeated_five_times_and_then_given_up_without_closing() {
    let (server, world, _, client) = scripted(vec![Reply::new(500, "{}"); 6]);
    let Err(Error::Source(why)) = client.get("/crm/x?y=1", Vec::new()) else { panic!() };
    assert_eq!(why, "/crm/x was given up after repeated failures (status 500)");
    assert_eq!(server.count(), 6);
    let waited = world.now() - NOON;
    assert!((7_750_000..=15_500_000).contains(&waited), "{waited}");
    client.get("/y", Vec::new()).unwrap();
}

#[test]
fn broken_answers_are_asked_for_again() {
    let whole = b"[{\"id\":1},{\"id\":2}]".to_vec();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&whole).unwrap();
    let packed = packed.finish().unwrap();
    let mut damaged = packed.clone();
    let last = damaged.len() - 6;
    damaged[last] ^= 0xff;
    let close_early = Reply { no_length: true, ..Reply::ok(whole[..9].to_vec()) };
    for broken in [
        Reply { cut: Some(0), ..Reply::ok(whole.clone()) },
        Reply { cut: Some(5), ..Reply::ok(whole.clone()) },
        close_early,
        Reply { no_length: true, ..Reply::ok("") },
        Reply::ok(packed[..packed.len() - 10].to_vec()).with("Content-Encoding", "gzip"),
        Reply::ok(damaged).with("Content-Encoding", "gzip"),
        Reply::ok("5\r\n[{\"id\r\nzz\r\n").with("Transfer-Encoding", "chunked"),
    ] {
        let good = Reply::ok(packed.clone()).with("Content-Encoding", "gzip");
        let (server, _, progress, client) = scripted(vec![broken.clone(), good]);
        let fetched = client.get("/x", Vec::new()).unwrap_or_else(|error| panic!("{error}: {broken:?}"));
        assert_eq!(fetched.body, whole, "{broken:?}");
        assert_eq!((server.count(), Progress::get(&progress.retries)), (2, 1), "{broken:?}");
    }
}

#[test]
fn a_refused_token_ends_it_at_once_and_is_not_printed() {
    for (body, said) in [
        ("Invalid token".to_owned(), "says: Invalid token"),
        ("no: geheim".to_owned(), "not accepted; it"),
        (format!("{}geheim", "x".repeat(97)), "not accepted; it"),
    ] {
        let (server, _, _, client) = scripted(vec![Reply::new(401, body)]);
        let Err(Error::Refused(why)) = client.get("/x", Vec::new()) else { panic!() };
        assert!(why.contains(said) && why.contains("make a new one") && !why.contains("geh"), "{why}");
        assert_eq!(server.count(), 1);
    }
}

#[test]
fn what_a_repetition_would_not_change_comes_back_as_it_is() {
    for status in [400, 403, 404, 405, 409] {
        let (server, _, _, client) = scripted(vec![Reply::new(status, "{}")]);
        assert_eq!(client.get("/x", Vec::new()).unwrap().status, status);
        assert_eq!(server.count(), 1);
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let (server, _, _, client) = scripted(vec![Reply::new(302, "").with("Location", "/elsewhere")]);
    assert!(matches!(client.get("/x", Vec::new()), Err(Error::Source(why)) if why.contains("redirect")));
    assert_eq!(server.count(), 1);
}

#[test]
fn a_host_that_does_not_answer_is_left_after_a_few_seconds() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings =
        Settings::new(SourceKind::Nectar, &format!("http://{address}/api"), Secret::new("x"), "sqlite:x");
    let world = Arc::new(Quiet::default());
    let client = Client::new(&settings, Arc::clone(&world) as _, Arc::default()).unwrap();
    assert!(
        matches!(client.get("/x", Vec::new()), Err(Error::Source(why)) if why.contains("does not answer"))
    );
    assert!(world.now() - NOON < 4_000_000);
    assert!(client.closed().is_some());
}

#[test]
fn a_source_that_fails_for_ever_is_not_hammered() {
    let (server, _, progress, client) = {
        let server = Server::start(|_, _| Reply::new(429, "{}").with("Retry-After", "1"));
        let (world, progress, client) = client(&server);
        (server, world, progress, client)
    };
    assert!(matches!(client.get("/x", Vec::new()), Err(Error::Source(why)) if why.contains("too often")));
    assert!(server.count() <= 202, "{}", server.count());
    assert_eq!(Progress::get(&progress.in_flight), 0);
    assert!(client.get("/y", Vec::new()).is_err());
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_a_byte_order_mark_is_dropped() {
    let (_server, _, _, client) = scripted(vec![Reply::ok(b"\xef\xbb\xbf[\"a\xffb\"]".to_vec())]);
    assert_eq!(client.get("/x", Vec::new()).unwrap().body, "[\"a\u{fffd}b\"]".as_bytes());
}

#[test]
fn a_stop_is_obeyed_while_waiting() {
    let (server, _, progress, client) = scripted(vec![Reply::new(429, "{}").with("Retry-After", "3000")]);
    progress.stop();
    assert_eq!(client.get("/x", Vec::new()).unwrap_err(), Error::Stopped);
    assert_eq!(server.count(), 0);
}

#[test]
fn only_the_hosted_original_is_paced_by_itself() {
    for (host, paced) in [
        ("app.nectarcrm.com.br", true),
        ("nectarcrm.com.br", true),
        ("notnectarcrm.com.br", false),
        ("nectarcrm.com.br.example.com", false),
        ("127.0.0.1", false),
    ] {
        assert_eq!(hosted(host), paced, "{host}");
    }
}

#[test]
fn what_is_no_address_or_no_token_is_refused_before_anything_is_sent() {
    let make = |url: &str, token: &str, pace: Option<f64>| {
        let mut settings = Settings::new(SourceKind::Nectar, url, Secret::new(token), "sqlite:x");
        settings.requests_per_second = pace;
        Client::new(&settings, Arc::new(Quiet::default()), Arc::default())
    };
    for url in
        ["", "host/crm", "ftp://host/x", "http://user:pass@host/x", "http://host/x?api_token=1", "http://"]
    {
        assert!(matches!(make(url, "x", None), Err(Error::Configuration(_))), "{url}");
    }
    assert!(matches!(make("http://h", "a\nb", None), Err(Error::Configuration(_))));
    assert!(matches!(make("http://h", "x", Some(0.0)), Err(Error::Configuration(_))));
    assert!(make("http://h", "x", Some(0.5)).is_ok());
}
