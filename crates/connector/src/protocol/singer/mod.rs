//! `favo singer`: a Singer tap (specification 0.3), and the destination `singer:` of `favo sync`.

mod destination;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use crate::progress::Progress;
use crate::{Error, Result, World};

pub(crate) use destination::Singer;

/// The command line of a Singer tap.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `--config`: JSON file with the keys of `protocol::config`.
    pub config: PathBuf,
    /// `--catalog`: what is selected; none: everything that the configuration selects.
    pub catalog: Option<PathBuf>,
    /// `--state`: the last STATE value a target wrote; none or an empty file: from the beginning.
    pub state: Option<PathBuf>,
    /// `--discover`: print the catalog and end.
    pub discover: bool,
    /// `--test`: try the connection, say on `log` what was found, and end.
    pub test: bool,
}

/// Runs the tap. Messages go to `out` (whole lines, in large writes: hand over standard output without a buffer of its own), everything else
/// to `log`. Answers the exit code: 0 complete, 3 partial, 1 when a test fails; errors are for the caller to print on standard error.
pub fn main(
    options: &Options,
    world: &Arc<dyn World>,
    progress: &Arc<Progress>,
    out: Box<dyn Write>,
    log: Box<dyn Write>,
) -> Result<u8> {
    let _ = (options, world, progress, out, log);
    Err(Error::Configuration("the Singer tap is not written yet".to_owned()))
}

/// The catalog that `--discover` prints, for `favo sync discover --format singer`: pretty JSON with a line feed at its end.
pub fn catalog(settings: &crate::settings::Settings) -> Result<String> {
    let _ = settings;
    Err(Error::Configuration("the Singer tap is not written yet".to_owned()))
}
