//! A session with PostgreSQL, and the values that go to and fro in binary form.

use std::error::Error as StdError;

use bytes::BytesMut;
use postgres::types::{Format, FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, SimpleQueryMessage};

use super::connect::Address;
use super::rows::EPOCH;
use crate::destination::sql::{Dialect, Session, Value, clock};
use crate::{Error, Result};

type Anything = Box<dyn StdError + Sync + Send>;

/// An open connection.
pub(super) struct Database {
    /// The connection.
    pub client: Client,
    address: Address,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Database").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Database {
    /// Connects, and makes the session independent of what the server's or the user's configuration says.
    pub(super) fn connect(url: &str) -> Result<Self> {
        let address = Address::read(url)?;
        let client = address.connect()?;
        let mut database = Self { client, address };
        // A slow source keeps a transaction open for long; a commit is durable whatever the server's default. The writer's lock goes with the session, so that a machine
        // that vanished without a word has to be noticed in minutes, not in the two hours that systems take.
        database.run(
            "set standard_conforming_strings = on; set client_min_messages = warning; set time zone 'UTC'; set datestyle = iso; \
             set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set synchronous_commit = on; \
             set tcp_keepalives_idle = 60; set tcp_keepalives_interval = 15; set tcp_keepalives_count = 4",
        )?;
        Ok(database)
    }

    /// The sentence for an error of the driver.
    pub(super) fn failure(&self, error: &postgres::Error) -> Error {
        self.address.sentence(error)
    }

    /// The first value of the first row.
    pub(super) fn one(&mut self, sql: &str) -> Result<Option<String>> {
        Ok(self.read(sql)?.into_iter().flatten().next().flatten())
    }
}

impl Session for Database {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn run(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).map_err(|error| self.failure(&error))
    }

    fn write(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        let values: Vec<&(dyn ToSql + Sync)> =
            values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        self.client.execute(sql, &values).map_err(|error| self.failure(&error))
    }

    fn read(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
        let messages = self.client.simple_query(sql).map_err(|error| self.failure(&error))?;
        let mut all = Vec::new();
        for message in messages {
            if let SimpleQueryMessage::Row(row) = message {
                all.push((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect());
            }
        }
        Ok(all)
    }
}

/// As text, whatever the type of the parameter: the server reads it as it would read a constant.
impl ToSql for Value<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, Anything> {
        match self {
            Value::Null => return Ok(IsNull::Yes),
            Value::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
            // The server's text holds no U+0000, and what is told of a strange record may.
            Value::Text(text) if text.contains('\0') => {
                out.extend_from_slice(text.replace('\0', "\u{fffd}").as_bytes());
            }
            Value::Text(text) => out.extend_from_slice(text.as_bytes()),
            Value::Instant(micros) => out.extend_from_slice(&clock::instant(*micros)),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

/// A moment or a wall clock, micros since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Micros(pub i64);

impl<'a> FromSql<'a> for Micros {
    fn from_sql(_: &Type, raw: &'a [u8]) -> std::result::Result<Self, Anything> {
        let value = i64::from_be_bytes(raw.try_into()?);
        Ok(Self(value.saturating_add(EPOCH)))
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::TIMESTAMPTZ || *kind == Type::TIMESTAMP
    }
}

impl ToSql for Micros {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, Anything> {
        out.extend_from_slice(&self.0.saturating_sub(EPOCH).to_be_bytes());
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        <Self as FromSql>::accepts(kind)
    }

    to_sql_checked!();
}

/// A `uuid` as 128 bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hash(pub u128);

impl<'a> FromSql<'a> for Hash {
    fn from_sql(_: &Type, raw: &'a [u8]) -> std::result::Result<Self, Anything> {
        Ok(Self(u128::from_be_bytes(raw.try_into()?)))
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::UUID
    }
}

/// A list of ids, as the column holds them: the layout `kondado` has doubles.
#[derive(Debug)]
pub(super) enum Ids<'a> {
    /// `bigint`.
    Whole(&'a [i64]),
    /// `double precision`.
    Double(Vec<f64>),
}

impl ToSql for Ids<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, Anything> {
        match self {
            Self::Whole(ids) => ids.to_sql(kind, out),
            Self::Double(ids) => ids.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::INT8_ARRAY || *kind == Type::FLOAT8_ARRAY
    }

    to_sql_checked!();
}
