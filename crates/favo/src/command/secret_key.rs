//! The key a server makes its tokens with: a file of 64 hexadecimal digits that only its owner can read.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use favo_core::ctx::Entropy as _;
use favo_core::text;
use favo_server::SystemEntropy;

/// The key in a file somebody names.
pub(super) fn read(path: &Path) -> anyhow::Result<[u8; 32]> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the secret key in {}", path.display()))?;
    parsed(text.trim()).with_context(|| {
        format!(
            "{} holds no secret key: write 64 hexadecimal digits, such as with `openssl rand -hex 32`",
            path.display()
        )
    })
}

/// The key beside a database file; made when it is missing.
pub(super) fn beside(database: &Path) -> anyhow::Result<[u8; 32]> {
    let mut name = database.as_os_str().to_owned();
    name.push(".key");
    let path = PathBuf::from(name);
    if !path.exists() {
        let key = [text::hex(&SystemEntropy.bytes()), text::hex(&SystemEntropy.bytes())].concat();
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&path).and_then(|mut file| writeln!(file, "{key}"));
        match written {
            // Another server of the same database was a moment faster: its key is the one.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            done => done.with_context(|| format!("cannot write the secret key to {}", path.display()))?,
        }
    }
    read(&path)
}

fn parsed(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (position, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * position..2 * position + 2], 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let directory = tempfile::tempdir().expect("a directory");
        let database = directory.path().join("favo.db");
        let key = beside(&database).expect("made");
        assert_eq!(beside(&database).expect("read"), key);
        let path = directory.path().join("favo.db.key");
        assert_eq!(read(&path).expect("read"), key);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "no key").expect("written");
        let said = format!("{:#}", beside(&database).expect_err("refused"));
        assert!(said.contains("64 hexadecimal digits") && !said.contains("no key"), "{said}");
    }
}
