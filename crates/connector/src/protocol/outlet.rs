//! Standard output: messages gather in one buffer and leave in large writes that end at the end of a line.

use std::cell::RefCell;
use std::io::{self, ErrorKind, Write};
use std::rc::Rc;

use crate::{Error, Result};

/// Bytes after which the buffer is written.
const LARGE: usize = 256 << 10;

/// A writer that several parts of one thread hold: the destination, and the command that has the last word after it.
#[derive(Clone)]
pub(super) struct Shared(Rc<RefCell<Box<dyn Write>>>);

impl Shared {
    pub(super) fn new(to: Box<dyn Write>) -> Self {
        Self(Rc::new(RefCell::new(to)))
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}

/// Messages on their way out.
pub(super) struct Outlet {
    /// What is not written yet. Everybody appends to it; whole messages only are followed by [`Outlet::message_ends`].
    pub(super) buffer: Vec<u8>,
    to: Shared,
}

impl Outlet {
    pub(super) fn new(to: Shared) -> Self {
        Self { buffer: Vec::with_capacity(LARGE + LARGE / 4), to }
    }

    /// Writes the buffer if it is large. Call it between messages.
    pub(super) fn message_ends(&mut self) -> Result<()> {
        if self.buffer.len() >= LARGE { self.write() } else { Ok(()) }
    }

    /// Writes the buffer whatever its size, so that readers see what is there.
    pub(super) fn flush(&mut self) -> Result<()> {
        self.write()?;
        self.to.flush().map_err(|error| failed(&error))
    }

    fn write(&mut self) -> Result<()> {
        let written = self.to.write_all(&self.buffer);
        self.buffer.clear();
        written.map_err(|error| failed(&error))
    }
}

fn failed(error: &io::Error) -> Error {
    Error::Destination(if error.kind() == ErrorKind::BrokenPipe {
        "the program that reads the messages has ended; look at what it says, then run again".to_owned()
    } else {
        format!("messages cannot be written to standard output: {error}")
    })
}
