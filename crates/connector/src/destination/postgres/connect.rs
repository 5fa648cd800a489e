//! The connection to PostgreSQL: the URL as libpq's users write it, encryption, and errors as sentences.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use postgres::config::SslMode;
use postgres::error::SqlState;
use postgres::{Client, Config, NoTls};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::destination::without_password;
use crate::{Error, Result};

/// How long a server may take to answer the first packet.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where to connect, and how much the server has to prove.
#[derive(Debug)]
pub(super) struct Address {
    config: Config,
    /// The URL without its password, for messages.
    shown: String,
    verify: bool,
    roots: Option<String>,
}

impl Address {
    /// Reads a URL. `sslmode` is `disable`, `prefer` (the default), `require`, `verify-ca` or `verify-full`; the last two are the same here: the name is
    /// always compared. `sslrootcert` names a file of PEM certificates, or `system` for the public authorities, which is the default. Without a password in the URL,
    /// `PGPASSWORD` is used.
    pub(super) fn read(url: &str) -> Result<Self> {
        let shown = without_password(url);
        let wrong = |what: &str| {
            Error::Configuration(format!(
                "{shown} cannot be used: {what}; write postgres://USER:PASSWORD@HOST/DATABASE, with %XX for each of / ? # @ : % in the password"
            ))
        };
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut rest, mut mode, mut roots) = (Vec::new(), "prefer", None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = value,
                Some(("sslrootcert", value)) => roots = Some(value.replace("%2F", "/").replace("%2f", "/")),
                _ => rest.push(pair),
            }
        }
        let mut verify = matches!(mode, "verify-ca" | "verify-full");
        // As in libpq: whoever names the authorities wants them asked.
        verify |= mode == "require" && roots.is_some();
        let ssl_mode = match mode {
            "disable" => SslMode::Disable,
            "allow" | "prefer" => SslMode::Prefer,
            "require" | "verify-ca" | "verify-full" => SslMode::Require,
            _ => {
                return Err(wrong("sslmode is one of disable, prefer, require, verify-ca and verify-full"));
            }
        };
        let mut config = Config::from_str(&format!("{base}?{}", rest.join("&")))
            // The driver's message may repeat parts of the text, so only its gist is told.
            .map_err(|_| wrong("it is no URL of a PostgreSQL database"))?;
        config.ssl_mode(ssl_mode).connect_timeout(PATIENCE);
        // The other way round: a server that vanished must not keep a run waiting for hours.
        if !query.contains("keepalives") {
            config
                .keepalives_idle(Duration::from_mins(1))
                .keepalives_interval(PATIENCE)
                .keepalives_retries(4);
        }
        if config.get_application_name().is_none() {
            config.application_name("favo sync");
        }
        if config.get_password().is_none()
            && let Ok(password) = std::env::var("PGPASSWORD")
        {
            config.password(password);
        }
        Ok(Self { config, shown, verify, roots })
    }

    /// Connects.
    pub(super) fn connect(&self) -> Result<Client> {
        let connected = if self.config.get_ssl_mode() == SslMode::Disable {
            self.config.connect(NoTls)
        } else {
            self.config.connect(MakeRustlsConnect::new(self.encryption()?))
        };
        connected.map_err(|error| self.sentence(&error))
    }

    fn encryption(&self) -> Result<ClientConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Destination(format!("encryption cannot be set up: {error}")))?;
        if !self.verify {
            let config = builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider)));
            return Ok(config.with_no_client_auth());
        }
        let mut store = RootCertStore::empty();
        match self.roots.as_deref() {
            None | Some("system") => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Some(file) => {
                let unreadable = |what: &dyn std::fmt::Display| {
                    Error::Configuration(format!(
                        "the certificates in sslrootcert={file} cannot be read: {what}"
                    ))
                };
                for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unreadable(&error))? {
                    let certificate = certificate.map_err(|error| unreadable(&error))?;
                    store.add(certificate).map_err(|error| unreadable(&error))?;
                }
            }
        }
        Ok(builder.with_root_certificates(store).with_no_client_auth())
    }

    /// What an error of the driver means to the person who has to do something.
    pub(super) fn sentence(&self, error: &postgres::Error) -> Error {
        let shown = &self.shown;
        let user = self.config.get_user().unwrap_or("this user");
        let database = self.config.get_dbname().unwrap_or(user);
        let Some(refused) = error.as_db_error() else {
            let cause =
                std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
            return Error::Destination(format!(
                "the PostgreSQL server of {shown} does not answer ({cause}); look whether it runs and can be reached, then run again"
            ));
        };
        let message = refused.message();
        let code = refused.code();
        Error::Destination(
            if [SqlState::INVALID_PASSWORD, SqlState::INVALID_AUTHORIZATION_SPECIFICATION].contains(code) {
                format!(
                    "PostgreSQL refuses the user {user} or the password of {shown}; mend the URL, or set PGPASSWORD"
                )
            } else if *code == SqlState::INVALID_CATALOG_NAME {
                format!(
                    "there is no database {database} at {shown}; create it (createdb {database}) or name another"
                )
            } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
                format!(
                    "the user {user} lacks a right in the database {database} ({message}); grant it and run again"
                )
            } else if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
                format!("the database {database} takes no writes ({message}); name the primary server")
            } else if *code == SqlState::DISK_FULL {
                format!(
                    "the disk of the PostgreSQL server of {shown} is full ({message}); free some space and run again"
                )
            } else if *code == SqlState::TOO_MANY_CONNECTIONS {
                format!(
                    "the PostgreSQL server of {shown} has no connection left ({message}); run again later"
                )
            } else if [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW]
                .contains(code)
            {
                format!(
                    "the PostgreSQL server of {shown} is going down or coming up ({message}); run again in a while"
                )
            } else if *code == SqlState::DEPENDENT_OBJECTS_STILL_EXIST {
                let detail = refused.detail().unwrap_or_default().replace('\n', ", ");
                format!(
                    "a view of favo sync has to be made anew and others are built on it ({message}: {detail}); drop those first"
                )
            } else {
                format!(
                    "PostgreSQL refused a statement in the database {database}: {message} ({})",
                    code.code()
                )
            },
        )
    }
}

/// Takes any certificate, as libpq does under `prefer` and `require`: the talk is encrypted, the partner is not known.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_cannot_be_read_is_refused_without_its_password() {
        for url in ["postgres://me:hush@host:port/db", "postgres://me:hush@host/db?sslmode=maybe"] {
            let error = Address::read(url).unwrap_err();
            assert!(matches!(error, Error::Configuration(_)), "{error}");
            assert!(!error.to_string().contains("hush"), "{error}");
        }
    }

    #[test]
    fn modes_of_encryption_mean_what_they_mean_to_libpq() {
        let read = |query: &str| Address::read(&format!("postgres://me@host/db{query}")).unwrap();
        assert_eq!(read("").config.get_ssl_mode(), SslMode::Prefer);
        assert_eq!(read("?sslmode=disable").config.get_ssl_mode(), SslMode::Disable);
        assert!(!read("?sslmode=require").verify);
        assert!(read("?sslmode=require&sslrootcert=/etc/ca.pem").verify);
        let full = read("?sslmode=verify-full&connect_timeout=3");
        assert!(full.verify && full.config.get_ssl_mode() == SslMode::Require);
        assert!(full.encryption().is_ok());
    }

    #[test]
    fn a_file_of_certificates_that_is_not_there_is_named() {
        let address =
            Address::read("postgres://me@host/db?sslmode=verify-full&sslrootcert=/nowhere/ca.pem").unwrap();
        assert!(address.encryption().unwrap_err().to_string().contains("/nowhere/ca.pem"));
    }

    #[test]
    fn a_server_that_is_not_there_is_one_sentence_without_the_password() {
        let address = Address::read("postgres://me:hush@127.0.0.1:1/db").unwrap();
        let Err(error) = address.connect() else { panic!("nothing listens on port 1") };
        let error = error.to_string();
        assert!(error.contains("does not answer") && !error.contains("hush"), "{error}");
    }
}
