//! The catalogue: every resource and field of the CRM, declared once.
//!
//! From these constants come the tables and their SQL, validation, merge, projection, filters, audit diffs and the
//! metadata answers. A dialect pairs its wire names with the [`Key`]s declared here. Adding a field touches its
//! resource's declaration and one line in each dialect that shows it. Not here: rules (see [`crate::rules`]).

mod activities;
mod custom;
mod identity;
mod later;
mod people;
mod products;
mod registries;
mod sales;

pub use activities::{appointment, participant, task};
pub use custom::{custom_field, custom_section};
pub use identity::{client, role, session, team, token, user};
pub use later::{
    comment, dynamic_row, dynamic_table, form, publication, queue, queue_entry, table_template, webhook,
};
pub use people::{address, contact, contact_link, email_detail, phone_detail};
pub use products::{
    cost_formation, cost_item, payment_condition, price_band, price_entry, price_table, price_table_entry,
    product, product_category, product_subcategory, unit_of_measure,
};
pub use registries::{
    appointment_type, call_type, category, checklist, discard_reason, form_template, origin, outcome_reason,
    proposal_template, segment, tag, task_type,
};
pub use sales::{line_item, opportunity, order, pipeline, proposal, proposal_group, qualification, stage};

use crate::record::Key;
use crate::value::{Decimal, Value};

/// Grows by one whenever a resource or field is added; a database with a higher number is newer than this program.
pub const REVISION: i64 = 2;

/// One code of an enumeration: the number that travels and is stored, and its standard English name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The stored number.
    pub number: i64,
    /// The name, in `snake_case`.
    pub name: &'static str,
}

/// Shorthand for a [`Code`] in the declarations.
const fn code(number: i64, name: &'static str) -> Code {
    Code { number, name }
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum FieldType {
    /// Text as sent, with the declared length for metadata (not enforced).
    Text {
        /// The length that metadata answers name, if any.
        length: Option<u16>,
    },
    /// A 64-bit integer.
    Int,
    /// A fixed-point number with six decimals.
    Decimal,
    /// True or false.
    Bool,
    /// Microseconds since 1970 in UTC.
    Instant,
    /// A calendar date, as days since 1970-01-01.
    Date,
    /// One of the listed codes, stored as its number.
    Enum(&'static [Code]),
    /// The id of a record of that resource.
    One(Resource),
    /// Ids of records of that resource, in order.
    Many(Resource),
    /// A list of texts, in order.
    Texts,
    /// An owned list: rows that live inside their record.
    Items(&'static [Field]),
    /// A map from text to text.
    Map,
    /// Values of the tenant's custom fields.
    Custom,
}

/// Who may set a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Writable on create and update.
    Writable,
    /// Writable on create, ignored afterwards.
    OnCreate,
    /// Set by rules only.
    Derived,
    /// A counter or instant kept by rollups: not part of the record's own version, diff or update instant.
    Rollup,
}

/// The value an absent field takes on create.
#[derive(Debug, Clone, Copy)]
pub enum Default {
    /// No value.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number, code or count.
    Int(i64),
    /// A fixed-point number in whole units.
    Units(i64),
    /// A text.
    Text(&'static str),
}

impl Default {
    /// The default as a value of a field of this type.
    pub fn value(self, field_type: FieldType) -> Value {
        match (self, field_type) {
            (_, FieldType::Items(_)) => Value::Items(Vec::new()),
            (_, FieldType::Texts) => Value::Texts(Vec::new()),
            (_, FieldType::Many(_)) => Value::Ids(Vec::new()),
            (_, FieldType::Custom) => Value::Custom(Vec::new()),
            (_, FieldType::Map) => Value::Map(Vec::new()),
            (Self::Null, _) => Value::Null,
            (Self::Bool(flag), _) => Value::Bool(flag),
            (Self::Int(number), _) => Value::Int(number),
            (Self::Units(number), _) => Value::Decimal(Decimal::from_units(number)),
            (Self::Text(text), _) => Value::Text(text.to_owned()),
        }
    }
}

/// What happens when a relation names a record that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The write is refused.
    Refuse,
    /// A record of that name is created; an id alone is refused.
    Create,
    /// The relation takes the acting user instead.
    Actor,
}

/// One field of a resource or of an owned list.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Column and metadata name, `snake_case`.
    pub name: &'static str,
    /// What it holds.
    pub field_type: FieldType,
    /// A create without it, or a write that clears it, is refused.
    pub required: bool,
    /// Who may set it.
    pub access: Access,
    /// The value when absent on create.
    pub default: Default,
    /// A folded copy `<name>_key` is kept with an index: prefix and equality search ignore case and accents.
    pub searched: bool,
    /// A copy of the digits `<name>_digits` is kept with an index.
    pub digits: bool,
    /// There is an index by this column, then id.
    pub indexed: bool,
    /// Never shown, never written to the change log.
    pub secret: bool,
    /// For relations: what an unknown name means.
    pub missing: Missing,
}

impl Field {
    const fn new(name: &'static str, field_type: FieldType) -> Self {
        Self {
            name,
            field_type,
            required: false,
            access: Access::Writable,
            default: Default::Null,
            searched: false,
            digits: false,
            indexed: false,
            secret: false,
            missing: Missing::Refuse,
        }
    }
    const fn required(mut self) -> Self {
        self.required = true;
        self
    }
    const fn searched(mut self) -> Self {
        self.searched = true;
        self
    }
    const fn digits(mut self) -> Self {
        self.digits = true;
        self
    }
    const fn indexed(mut self) -> Self {
        self.indexed = true;
        self
    }
    const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }
    const fn derived(mut self) -> Self {
        self.access = Access::Derived;
        self
    }
    const fn on_create(mut self) -> Self {
        self.access = Access::OnCreate;
        self
    }
    const fn rollup(mut self) -> Self {
        self.access = Access::Rollup;
        self
    }
    const fn created_when_missing(mut self) -> Self {
        self.missing = Missing::Create;
        self
    }
    const fn or_actor(mut self) -> Self {
        self.missing = Missing::Actor;
        self
    }
    const fn yes(mut self) -> Self {
        self.default = Default::Bool(true);
        self
    }
    const fn starts_at(mut self, number: i64) -> Self {
        self.default = match self.field_type {
            FieldType::Decimal => Default::Units(number),
            _ => Default::Int(number),
        };
        self
    }
    const fn starts_as(mut self, value: &'static str) -> Self {
        self.default = Default::Text(value);
        self
    }
    /// The codes, when this is an enumeration.
    pub const fn codes(&self) -> &'static [Code] {
        match self.field_type {
            FieldType::Enum(codes) => codes,
            _ => &[],
        }
    }
}

const fn text(name: &'static str) -> Field {
    Field::new(name, FieldType::Text { length: None })
}
const fn sized(name: &'static str, length: u16) -> Field {
    Field::new(name, FieldType::Text { length: Some(length) })
}
const fn int(name: &'static str) -> Field {
    Field::new(name, FieldType::Int)
}
const fn decimal(name: &'static str) -> Field {
    Field::new(name, FieldType::Decimal)
}
const fn flag(name: &'static str) -> Field {
    let mut field = Field::new(name, FieldType::Bool);
    field.default = Default::Bool(false);
    field
}
const fn instant(name: &'static str) -> Field {
    Field::new(name, FieldType::Instant)
}
const fn date(name: &'static str) -> Field {
    Field::new(name, FieldType::Date)
}
const fn choice(name: &'static str, codes: &'static [Code]) -> Field {
    Field::new(name, FieldType::Enum(codes))
}
const fn one(name: &'static str, resource: Resource) -> Field {
    Field::new(name, FieldType::One(resource))
}
const fn many(name: &'static str, resource: Resource) -> Field {
    Field::new(name, FieldType::Many(resource))
}
const fn texts(name: &'static str) -> Field {
    Field::new(name, FieldType::Texts)
}
const fn items(name: &'static str, fields: &'static [Field]) -> Field {
    Field::new(name, FieldType::Items(fields))
}
const fn map(name: &'static str) -> Field {
    Field::new(name, FieldType::Map)
}
const fn custom() -> Field {
    Field::new("custom", FieldType::Custom)
}

/// Fields that every record has, before those of its resource.
pub mod meta {
    use super::{Field, Resource, instant, int, map, one, sized, text};
    use crate::record::{Key, kind};

    /// The number of fields every record starts with.
    pub const COUNT: usize = 10;
    /// How many of them only the program writes: the first ones.
    pub const STAMPS: usize = 8;
    /// Number from 1 upward, per tenant and resource, never reused.
    pub const ID: Key<kind::Int> = Key::new(0);
    /// UUID, version 7.
    pub const UUID: Key<kind::Text> = Key::new(1);
    /// 1 on create, one more on every effective change.
    pub const VERSION: Key<kind::Int> = Key::new(2);
    /// When it was created.
    pub const CREATED_AT: Key<kind::Instant> = Key::new(3);
    /// When one of its own fields last changed.
    pub const UPDATED_AT: Key<kind::Instant> = Key::new(4);
    /// When it was deleted; a deleted record is kept, and unknown to every reader.
    pub const DELETED_AT: Key<kind::Instant> = Key::new(5);
    /// Who created it.
    pub const AUTHOR: Key<kind::One> = Key::new(6);
    /// Who changed it last; empty until the first change.
    pub const EDITOR: Key<kind::One> = Key::new(7);
    /// The key of the record in a client's own system; no two live records of a resource share one.
    pub const EXTERNAL_KEY: Key<kind::Text> = Key::new(8);
    /// What a dialect keeps that the catalogue has no field for: `dialect.name` to JSON text.
    pub const EXTRAS: Key<kind::Map> = Key::new(9);

    pub(super) const FIELDS: [Field; COUNT] = [
        int("id").derived(),
        text("uuid").derived(),
        int("version").derived(),
        instant("created_at").derived().indexed(),
        instant("updated_at").derived().indexed(),
        instant("deleted_at").derived(),
        one("author_id", Resource::User).on_create().or_actor(),
        one("editor_id", Resource::User).derived(),
        sized("external_key", 100),
        map("extras"),
    ];
}

/// One resource: its table and its fields.
#[derive(Debug)]
pub struct Definition {
    /// Which one.
    pub resource: Resource,
    /// Table name, singular, `snake_case`.
    pub table: &'static str,
    /// All fields; the first [`meta::COUNT`] are those of [`meta`].
    pub fields: &'static [Field],
    /// Small registries are held in the tenant's [`Snapshot`](crate::snapshot::Snapshot).
    pub registry: bool,
    /// Only administrators may write.
    pub administrative: bool,
    /// The field that names its owner, for rights.
    pub owner: Option<u16>,
    /// The field that names the record for people: the title, subject or name.
    pub title: Option<u16>,
    /// The flag that says whether it may still be chosen.
    pub active: Option<u16>,
    /// The field with the custom values.
    pub custom: Option<u16>,
}

impl Definition {
    /// The field at this position.
    pub fn field(&self, position: u16) -> &'static Field {
        &self.fields[position as usize]
    }

    /// The position of the field with this name.
    pub fn position(&self, name: &str) -> Option<u16> {
        self.fields.iter().position(|field| field.name == name).map(|position| position as u16)
    }
}

/// Joins the common fields and a resource's own into one table.
const fn with_meta<const OWN: usize, const ALL: usize>(own: [Field; OWN]) -> [Field; ALL] {
    let mut all = [meta::FIELDS[0]; ALL];
    let mut position = 0;
    while position < ALL {
        all[position] =
            if position < meta::COUNT { meta::FIELDS[position] } else { own[position - meta::COUNT] };
        position += 1;
    }
    all
}

/// The position of the field with this name, at compile time.
const fn find(fields: &[Field], name: &str) -> Option<u16> {
    let mut position = 0;
    while position < fields.len() {
        if equal(fields[position].name, name) {
            return Some(position as u16);
        }
        position += 1;
    }
    None
}

const fn equal(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut position = 0;
    while position < left.len() {
        if left[position] != right[position] {
            return false;
        }
        position += 1;
    }
    true
}

/// The position of the first field with custom values, at compile time.
const fn find_custom(fields: &[Field]) -> Option<u16> {
    let mut position = 0;
    while position < fields.len() {
        if matches!(fields[position].field_type, FieldType::Custom) {
            return Some(position as u16);
        }
        position += 1;
    }
    None
}

/// Declares a resource as a module of typed field keys and its [`Definition`].
macro_rules! resource {
    (
        $(#[$doc:meta])*
        $module:ident = $resource:ident, $table:literal, title: $title:literal, owner: $owner:literal,
        registry: $registry:literal, administrative: $administrative:literal;
        $( $(#[$note:meta])* $key:ident : $kind:ident = $field:expr; )*
    ) => {
        $(#[$doc])*
        pub mod $module {
            #[allow(unused_imports, reason = "not every resource uses every builder")]
            use $crate::catalogue::*;
            #[allow(unused_imports, reason = "not every resource has keys of its own")]
            use $crate::record::{Key, kind};
            use $crate::catalogue::{Definition, Field, Resource};

            #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "positions carry the names of their keys")]
            #[repr(u16)]
            enum Position { _BEFORE = $crate::catalogue::meta::COUNT as u16 - 1, $($key,)* }
            $(
                $(#[$note])*
                #[doc = concat!("Field `", stringify!($key), "`.")]
                pub const $key: Key<kind::$kind> = Key::new(Position::$key as u16);
            )*
            const OWN: [Field; [$(stringify!($key)),*].len()] = [$($field),*];
            static FIELDS: [Field; OWN.len() + $crate::catalogue::meta::COUNT] = with_meta(OWN);
            const ALL: [Field; OWN.len() + $crate::catalogue::meta::COUNT] = with_meta(OWN);
            /// The resource as the catalogue knows it.
            pub static DEFINITION: Definition = Definition {
                resource: Resource::$resource,
                table: $table,
                fields: &FIELDS,
                registry: $registry,
                administrative: $administrative,
                owner: find(&ALL, $owner),
                title: find(&ALL, $title),
                active: find(&ALL, "active"),
                custom: find_custom(&ALL),
            };
        }
    };
}

/// Declares an owned list as a module of typed field keys and its field table.
macro_rules! owned {
    ( $(#[$doc:meta])* $module:ident; $( $(#[$note:meta])* $key:ident : $kind:ident = $field:expr; )* ) => {
        $(#[$doc])*
        pub mod $module {
            #[allow(unused_imports, reason = "not every list uses every builder")]
            use $crate::catalogue::*;
            use $crate::catalogue::Field;
            use $crate::record::{Key, kind};

            #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "positions carry the names of their keys")]
            #[repr(u16)]
            enum Position { $($key,)* }
            $(
                $(#[$note])*
                #[doc = concat!("Field `", stringify!($key), "`.")]
                pub const $key: Key<kind::$kind> = Key::new(Position::$key as u16);
            )*
            /// The fields of one row of the list.
            pub static FIELDS: [Field; [$(stringify!($key)),*].len()] = [$($field),*];
        }
    };
}
use {owned, resource};

macro_rules! resources {
    ($($variant:ident => $module:ident),* $(,)?) => {
        /// Every resource of the CRM.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Resource { $(#[doc = concat!("See [`", stringify!($module), "`].")] $variant,)* }

        impl Resource {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Resource] = &[$(Resource::$variant),*];

            /// Its declaration.
            pub fn definition(self) -> &'static Definition {
                match self { $(Resource::$variant => &$module::DEFINITION,)* }
            }
        }
    };
}

resources! {
    Contact => contact,
    ContactLink => contact_link,
    Opportunity => opportunity,
    Qualification => qualification,
    Task => task,
    Appointment => appointment,
    Pipeline => pipeline,
    Product => product,
    ProductCategory => product_category,
    ProductSubcategory => product_subcategory,
    PriceTable => price_table,
    Tag => tag,
    Origin => origin,
    Segment => segment,
    Category => category,
    AppointmentType => appointment_type,
    CallType => call_type,
    TaskType => task_type,
    User => user,
    Team => team,
    Role => role,
    Token => token,
    CustomField => custom_field,
    CustomSection => custom_section,
    Proposal => proposal,
    OutcomeReason => outcome_reason,
    DiscardReason => discard_reason,
    Checklist => checklist,
    ProposalTemplate => proposal_template,
    FormTemplate => form_template,
    Publication => publication,
    Comment => comment,
    Form => form,
    Queue => queue,
    Webhook => webhook,
    TableTemplate => table_template,
    DynamicTable => dynamic_table,
    DynamicRow => dynamic_row,
    CostFormation => cost_formation,
    Order => order,
    ProposalGroup => proposal_group,
    PriceEntry => price_entry,
    UnitOfMeasure => unit_of_measure,
    PaymentCondition => payment_condition,
    Client => client,
    Session => session,
}

impl Resource {
    /// The stable number kept in the change log and in index tables.
    pub fn number(self) -> i64 {
        self as i64
    }

    /// The resource with that number.
    pub fn from_number(number: i64) -> Option<Self> {
        usize::try_from(number).ok().and_then(|number| Self::ALL.get(number).copied())
    }

    /// Its table name, which is also its name in role rights and logs.
    pub fn name(self) -> &'static str {
        self.definition().table
    }

    /// The resource with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|resource| resource.name() == name)
    }

    /// The field behind a typed key.
    pub fn field<K>(self, key: Key<K>) -> &'static Field {
        self.definition().field(key.position())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_starts_with_the_common_fields_and_names_each_field_once() {
        for resource in Resource::ALL {
            let definition = resource.definition();
            assert_eq!(definition.resource, *resource);
            assert_eq!(definition.fields[meta::ID.position() as usize].name, "id");
            for (position, field) in definition.fields.iter().enumerate() {
                assert_eq!(
                    definition.position(field.name),
                    Some(position as u16),
                    "{}.{}",
                    definition.table,
                    field.name
                );
            }
        }
    }

    #[test]
    fn typed_keys_point_at_the_field_they_are_declared_with() {
        assert_eq!(Resource::Contact.field(contact::NAME).name, "name");
        assert_eq!(Resource::Opportunity.field(opportunity::PROBABILITY).name, "probability");
        assert_eq!(line_item::FIELDS[line_item::UNIT_PRICE.position() as usize].name, "unit_price");
    }
}
