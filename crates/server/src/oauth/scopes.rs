//! What a token may do and how long it lives.

use favo_core::Record;
use favo_core::catalogue::session;
use favo_core::snapshot::Snapshot;
use favo_dialects::egito::oauth::{TokenError, TokenRequest};

const ACCESS_SECONDS: i64 = 3600;
const REFRESH_SECONDS: i64 = 30 * 24 * 3600;

/// What a session may do: the scopes of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scopes {
    pub(super) read: bool,
    pub(super) write: bool,
}

impl Scopes {
    pub(super) const BOTH: Self = Self { read: true, write: true };

    /// Those a request names; all when it names none.
    pub(super) fn of(request: &TokenRequest) -> std::result::Result<Option<Self>, TokenError> {
        let mut scopes = Self { read: false, write: false };
        for name in request.scope.iter().flat_map(|scope| scope.split_whitespace()) {
            match name {
                "read" => scopes.read = true,
                "write" => scopes.write = true,
                _ => return Err(TokenError::UnknownScope),
            }
        }
        Ok((scopes.read || scopes.write).then_some(scopes))
    }

    pub(super) fn within(self, wider: Self) -> bool {
        (wider.read || !self.read) && (wider.write || !self.write)
    }

    /// How the seed of a refresh token remembers what was granted first: a refresh may narrow it, and later widen it again.
    pub(super) fn mark(self) -> &'static str {
        match (self.read, self.write) {
            (true, true) => "rw.",
            (true, false) => "r.",
            (false, _) => "w.",
        }
    }

    pub(super) fn granted_first(session: &Record) -> Self {
        let mark = session.get(session::REFRESH_SEED).and_then(|seed| seed.split_once('.'));
        mark.map_or(Self::now(session), |(mark, _)| Self {
            read: mark.contains('r'),
            write: mark.contains('w'),
        })
    }

    pub(super) fn now(session: &Record) -> Self {
        Self { read: session.get(session::MAY_READ), write: session.get(session::MAY_WRITE) }
    }
}

/// How long tokens live and whether live ones are shown again, as the tenant has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Life {
    /// Seconds.
    pub(super) access: i64,
    /// Seconds.
    pub(super) refresh: i64,
    pub(super) reuse: bool,
}

impl Life {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let set = |name| snapshot.settings().of_dialect(name);
        let seconds = |name, usual| {
            set(name)
                .and_then(|text| text.parse::<i64>().ok())
                .filter(|seconds| *seconds > 0)
                .unwrap_or(usual)
        };
        Self {
            access: seconds("egito.access_token_seconds", ACCESS_SECONDS),
            refresh: seconds("egito.refresh_token_seconds", REFRESH_SECONDS),
            reuse: !matches!(set("egito.token_reuse"), Some("off" | "false")),
        }
    }
}
