//! What the server counts, as plain atomics, and how Prometheus reads it.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use http::{Method, StatusCode};

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Health, metrics and unknown paths.
    None,
    /// The NectarCRM API.
    Nectar,
    /// The Egito API and its token endpoint.
    Egito,
    /// The TOTVS CRM API, with login and logout.
    Totvs,
}

const DIALECTS: [&str; 4] = ["none", "nectar", "egito", "totvs"];
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "DELETE", "HEAD", "other"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// Upper bounds of the duration histogram, in microseconds.
const BUCKETS: [u64; 13] =
    [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000];

/// The counters of one server.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: [[[AtomicU64; CLASSES.len()]; METHODS.len()]; DIALECTS.len()],
    durations: [AtomicU64; BUCKETS.len() + 1],
    duration_sum: AtomicU64,
    in_flight: AtomicI64,
    writes: AtomicU64,
}

/// A request being answered; counts as in flight until dropped, also when its connection is.
#[derive(Debug)]
pub(crate) struct InFlight<'a>(&'a Metrics);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}

impl Metrics {
    /// Counts a request as in flight.
    pub(crate) fn begin(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Relaxed);
        InFlight(self)
    }

    /// Counts a committed writing transaction.
    pub(crate) fn written(&self) {
        self.writes.fetch_add(1, Relaxed);
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, dialect: Dialect, method: &Method, status: StatusCode, took: Duration) {
        let method = match *method {
            Method::GET => 0,
            Method::POST => 1,
            Method::PUT => 2,
            Method::DELETE => 3,
            Method::HEAD => 4,
            _ => 5,
        };
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len()) - 1;
        self.requests[dialect as usize][method][class].fetch_add(1, Relaxed);
        let micros = took.as_micros() as u64;
        let bucket = BUCKETS.iter().position(|bound| micros <= *bound).unwrap_or(BUCKETS.len());
        self.durations[bucket].fetch_add(1, Relaxed);
        self.duration_sum.fetch_add(micros, Relaxed);
    }

    /// All of it in the text form of Prometheus.
    pub(crate) fn render(&self) -> String {
        let mut out = String::with_capacity(4096);
        let head = |out: &mut String, name: &str, kind: &str, help: &str| {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
        };
        head(&mut out, "favo_up", "gauge", "1 while the server runs.");
        let _ = writeln!(out, "favo_up 1");
        head(&mut out, "favo_build_info", "gauge", "The version of the server.");
        let _ = writeln!(out, "favo_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"));
        head(&mut out, "favo_http_requests_total", "counter", "Requests answered.");
        for (dialect, methods) in DIALECTS.iter().zip(&self.requests) {
            for (method, classes) in METHODS.iter().zip(methods) {
                for (class, count) in CLASSES.iter().zip(classes) {
                    let count = count.load(Relaxed);
                    if count > 0 {
                        let labels = format!("dialect=\"{dialect}\",method=\"{method}\",status=\"{class}\"");
                        let _ = writeln!(out, "favo_http_requests_total{{{labels}}} {count}");
                    }
                }
            }
        }
        let name = "favo_http_request_duration_seconds";
        head(&mut out, name, "histogram", "From the head of a request to its answer.");
        let mut below = 0;
        for (bound, count) in BUCKETS.iter().zip(&self.durations) {
            below += count.load(Relaxed);
            let _ = writeln!(out, "{name}_bucket{{le=\"{}\"}} {below}", seconds(*bound));
        }
        below += self.durations[BUCKETS.len()].load(Relaxed);
        let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {below}");
        let _ =
            writeln!(out, "{name}_sum {}\n{name}_count {below}", seconds(self.duration_sum.load(Relaxed)));
        head(&mut out, "favo_http_requests_in_flight", "gauge", "Requests being answered now.");
        let _ = writeln!(out, "favo_http_requests_in_flight {}", self.in_flight.load(Relaxed).max(0));
        head(&mut out, "favo_store_writes_total", "counter", "Writing transactions committed for requests.");
        let _ = writeln!(out, "favo_store_writes_total {}", self.writes.load(Relaxed));
        if let Some(bytes) = resident_memory() {
            head(&mut out, "process_resident_memory_bytes", "gauge", "Resident memory.");
            let _ = writeln!(out, "process_resident_memory_bytes {bytes}");
        }
        out
    }
}

/// Microseconds as seconds, without going through a float.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Resident memory of this process in bytes, where the system says so (Linux).
fn resident_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_dialect_method_and_class() {
        let metrics = Metrics::default();
        let running = metrics.begin();
        metrics.answered(Dialect::Nectar, &Method::GET, StatusCode::OK, Duration::from_micros(300));
        metrics.answered(
            Dialect::Nectar,
            &Method::PATCH,
            StatusCode::METHOD_NOT_ALLOWED,
            Duration::from_secs(9),
        );
        let text = metrics.render();
        for line in [
            "favo_up 1",
            "favo_http_requests_total{dialect=\"nectar\",method=\"GET\",status=\"2xx\"} 1",
            "favo_http_requests_total{dialect=\"nectar\",method=\"other\",status=\"4xx\"} 1",
            "favo_http_request_duration_seconds_bucket{le=\"0.00025\"} 0",
            "favo_http_request_duration_seconds_bucket{le=\"0.0005\"} 1",
            "favo_http_request_duration_seconds_bucket{le=\"5\"} 1",
            "favo_http_request_duration_seconds_bucket{le=\"+Inf\"} 2",
            "favo_http_request_duration_seconds_sum 9.0003",
            "favo_http_requests_in_flight 1",
        ] {
            assert!(text.lines().any(|written| written == line), "{line} is missing in\n{text}");
        }
        drop(running);
        assert!(metrics.render().contains("favo_http_requests_in_flight 0\n"));
    }
}
