//! Participants of a calendar entry: a user, a contact or an e-mail address each (14.14).

use favo_core::catalogue::{Resource, appointment, meta, participant};
use favo_core::patch::{Input, ItemPatch, Reference};
use favo_core::record::Item;

use super::{Acceptance, Side, reaches};
use crate::totvs::entities;
use crate::totvs::fault::{Detail, Failure};
use crate::totvs::table::Field;
use crate::totvs::values::{Given, Row, Sent};

impl Acceptance<'_> {
    /// The whole list; who is in it already keeps their place and what else is known of them.
    pub(super) fn participants(&mut self, field: &'static Field, given: &Given) -> Result<(), Failure> {
        let rows: &[Row] = match given {
            Given::Rows(rows) => rows,
            _ => &[],
        };
        let stored: Vec<Item> =
            self.stored.map(|stored| stored.get(appointment::PARTICIPANTS).to_vec()).unwrap_or_default();
        let ids: Vec<i64> = stored.iter().filter_map(|item| item.get(participant::CONTACT)).collect();
        let contacts = self.uuids_of(Resource::Contact, &ids)?;
        let mut taken: Vec<i64> = Vec::new();
        let mut patches = Vec::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            let path = format!("{}[{at}]", field.name);
            let Some(mut patch) = self.participant(row, &path, &stored, &contacts)? else { continue };
            let known = stored.iter().find(|item| {
                item.get(participant::ID).is_some_and(|id| !taken.contains(&id))
                    && patch.entries.iter().all(|(position, input)| super::says(input, item.at(*position)))
            });
            if let Some(id) = known.and_then(|item| item.get(participant::ID)) {
                taken.push(id);
                patch = ItemPatch { id: Some(id), entries: Vec::new() };
            }
            patches.push(patch);
        }
        self.put_items(appointment::PARTICIPANTS.position(), &stored, patches, participant::ID);
        Ok(())
    }

    fn participant(
        &mut self,
        row: &Row,
        path: &str,
        stored: &[Item],
        contacts: &[(i64, String)],
    ) -> Result<Option<ItemPatch>, Failure> {
        let reference = |name: &str| match row.get(name) {
            Some(Given::Reference(sent)) => Some(sent),
            _ => None,
        };
        let (user, contact, email) = (reference("userId"), reference("contactId"), row.text("email"));
        let count =
            usize::from(user.is_some()) + usize::from(contact.is_some()) + usize::from(email.is_some());
        if count != 1 {
            let detail = if count == 0 { Detail::NotNull } else { Detail::ReferenceConflict };
            self.reject_text(path, detail, None);
            return Ok(None);
        }
        let mut patch = ItemPatch::default();
        if let Some(sent) = user {
            let users: Vec<(i64, String)> = stored
                .iter()
                .filter_map(|item| item.get(participant::USER))
                .filter_map(|id| {
                    let user = self.ctx.snapshot.get(Resource::User, id)?;
                    Some((id, user.get(meta::UUID)?.to_owned()))
                })
                .collect();
            let Some(id) = self.someone(sent, entities::USERS, &users)? else { return Ok(None) };
            patch.set(participant::USER, Input::One(Reference::id(id)));
        } else if let Some(sent) = contact {
            let Some(id) = self.someone(sent, entities::CONTACTS, contacts)? else { return Ok(None) };
            patch.set(participant::CONTACT, Input::One(Reference::id(id)));
        } else if let Some(text) = email {
            let known = stored.iter().any(|item| item.get(participant::EMAIL) == Some(text));
            let Some(address) = (if known { Some(text.to_owned()) } else { reaches::email(text) }) else {
                self.reject_text(format!("{path}.email"), Detail::InvalidEmail, Some(text));
                return Ok(None);
            };
            patch.set(participant::EMAIL, Input::Text(address));
        }
        Ok(Some(patch))
    }

    /// A user or contact; one who takes part already may be sent back whatever has become of them.
    fn someone(
        &mut self,
        sent: &Sent,
        target: crate::totvs::table::Target,
        known: &[(i64, String)],
    ) -> Result<Option<i64>, Failure> {
        if let [(uuid, _)] = sent.ids.as_slice()
            && let Some((id, _)) = known.iter().find(|(_, known)| known == uuid)
        {
            return Ok(Some(*id));
        }
        self.resolve(sent, target, Side::Own, meta::ID.position(), None)
    }
}
