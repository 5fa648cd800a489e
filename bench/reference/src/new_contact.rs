//! A contact on its way into the table, and back out as JSON without being read again.

use serde::Deserialize;

use crate::contact::{self, Row};

/// The bare insert: the same columns as Favo's, in which a contact of the benchmark has values.
pub const INSERT: &str = "insert into contact (tenant_id, id, uuid, version, created_at, updated_at, author_id, name, \
     name_key, life_cycle, active, organisation, job_title, emails, phones, notes, confidential, owner_id, \
     from_lead_receiver, blocked, open_opportunities, pending_tasks, pending_appointments, qualifications, people, \
     employers, parents, last_interaction_at) values (?1, ?2, ?3, 1, ?4, ?4, ?5, ?6, ?7, ?8, true, false, ?9, ?10, ?11, \
     ?12, false, ?13, false, false, 0, 0, 0, 0, 0, 0, 0, ?4)";

/// The body of a request, as far as the benchmark fills it.
#[derive(Deserialize)]
struct Body {
    nome: String,
    constante: i64,
    cargo: String,
    emails: Vec<String>,
    telefones: Vec<String>,
    observacao: String,
    responsavel: Reference,
}

#[derive(Deserialize)]
struct Reference {
    id: i64,
}

/// The row to be.
pub struct NewContact {
    pub id: i64,
    pub now: i64,
    pub author: i64,
    pub name: String,
    pub life_cycle: i64,
    pub job_title: String,
    pub emails: String,
    pub phones: String,
    pub notes: String,
    pub owner: i64,
}

impl NewContact {
    /// Reads a body; `author` is the user of the one token.
    pub fn parse(body: &[u8], author: i64) -> Option<Self> {
        let body: Body = serde_json::from_slice(body).ok()?;
        Some(Self {
            id: 0,
            now: 0,
            author,
            name: body.nome,
            life_cycle: body.constante,
            job_title: body.cargo,
            emails: serde_json::to_string(&body.emails).ok()?,
            phones: serde_json::to_string(&body.telefones).ok()?,
            notes: body.observacao,
            owner: body.responsavel.id,
        })
    }

    /// A UUID of version 7; unique by time and id, which is all that is needed here.
    pub fn uuid(&self) -> String {
        let millis = self.now / 1000;
        format!("{:08x}-{:04x}-7{:03x}-8000-{:012x}", millis >> 16, millis & 0xffff, self.id & 0xfff, self.id)
    }
}

impl Row for NewContact {
    fn int(&self, column: usize) -> Option<i64> {
        match column {
            contact::ID => Some(self.id),
            contact::LIFE_CYCLE => Some(self.life_cycle),
            contact::OWNER => Some(self.owner),
            contact::AUTHOR => Some(self.author),
            contact::INTERACTION | contact::CREATED | contact::UPDATED => Some(self.now),
            _ => None,
        }
    }

    fn flag(&self, _: usize) -> Option<bool> {
        None
    }

    fn text(&self, column: usize) -> Option<&[u8]> {
        let text = match column {
            contact::NAME => &self.name,
            contact::JOB_TITLE => &self.job_title,
            contact::EMAILS => &self.emails,
            contact::PHONES => &self.phones,
            contact::NOTES => &self.notes,
            _ => return None,
        };
        Some(text.as_bytes()).filter(|text| !text.is_empty())
    }
}
