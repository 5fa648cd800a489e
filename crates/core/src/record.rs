//! Records: the fields of one resource, reached through typed keys.

use std::marker::PhantomData;
use std::ops::Index;

use crate::catalogue::{Field, FieldType, Resource, meta};
use crate::value::{CustomValue, Value};

/// The position of a field in its record, typed by what the field holds.
pub struct Key<K> {
    position: u16,
    kind: PhantomData<K>,
}

impl<K> Key<K> {
    /// A key for the field at this position.
    pub const fn new(position: u16) -> Self {
        Self { position, kind: PhantomData }
    }

    /// The position in the record.
    pub const fn position(self) -> u16 {
        self.position
    }
}

impl<K> Clone for Key<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Key<K> {}
impl<K> std::fmt::Debug for Key<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.position)
    }
}
impl<K> From<Key<K>> for u16 {
    fn from(key: Key<K>) -> Self {
        key.position
    }
}

/// What a key's field holds, at the type level.
pub mod kind {
    use super::{CustomValue, Item, Value};
    use crate::value::{Decimal as DecimalValue, Instant as InstantValue};

    /// A kind of field: how its content is read and written.
    pub trait Kind {
        /// What reading gives.
        type Out<'a>;
        /// What writing takes.
        type In;
        /// Reads.
        fn read(value: &Value) -> Self::Out<'_>;
        /// Writes.
        fn write(input: Self::In) -> Value;
    }

    macro_rules! scalar {
        ($name:ident, $type:ty, $variant:ident, $doc:literal) => {
            #[doc = $doc]
            #[derive(Debug)]
            pub enum $name {}
            impl Kind for $name {
                type Out<'a> = Option<$type>;
                type In = Option<$type>;
                fn read(value: &Value) -> Option<$type> {
                    match value {
                        Value::$variant(inner) => Some(*inner),
                        _ => None,
                    }
                }
                fn write(input: Option<$type>) -> Value {
                    input.map_or(Value::Null, Value::$variant)
                }
            }
        };
    }
    macro_rules! list {
        ($name:ident, $type:ty, $variant:ident, $doc:literal) => {
            #[doc = $doc]
            #[derive(Debug)]
            pub enum $name {}
            impl Kind for $name {
                type Out<'a> = &'a [$type];
                type In = Vec<$type>;
                fn read(value: &Value) -> &[$type] {
                    match value {
                        Value::$variant(inner) => inner,
                        _ => &[],
                    }
                }
                fn write(input: Vec<$type>) -> Value {
                    Value::$variant(input)
                }
            }
        };
    }
    scalar!(Int, i64, Int, "An integer or code.");
    scalar!(One, i64, Int, "The id of a record.");
    scalar!(Date, i64, Int, "Days since 1970.");
    scalar!(Decimal, DecimalValue, Decimal, "A fixed-point number.");
    scalar!(Instant, InstantValue, Instant, "A point in time.");
    list!(Texts, String, Texts, "Texts in order.");
    list!(Many, i64, Ids, "Ids in order.");
    list!(Items, Item, Items, "Rows of an owned list.");
    list!(Map, (String, String), Map, "Pairs in order.");
    list!(Custom, CustomValue, Custom, "Custom values.");

    /// A text.
    #[derive(Debug)]
    pub enum Text {}
    impl Kind for Text {
        type Out<'a> = Option<&'a str>;
        type In = Option<String>;
        fn read(value: &Value) -> Option<&str> {
            match value {
                Value::Text(text) => Some(text),
                _ => None,
            }
        }
        fn write(input: Option<String>) -> Value {
            input.map_or(Value::Null, Value::Text)
        }
    }

    /// A truth value; absent reads as false.
    #[derive(Debug)]
    pub enum Bool {}
    impl Kind for Bool {
        type Out<'a> = bool;
        type In = bool;
        fn read(value: &Value) -> bool {
            matches!(value, Value::Bool(true))
        }
        fn write(input: bool) -> Value {
            Value::Bool(input)
        }
    }
}

macro_rules! access {
    ($type:ty) => {
        impl $type {
            /// Reads a field.
            pub fn get<K: kind::Kind>(&self, key: Key<K>) -> K::Out<'_> {
                K::read(&self.values[key.position as usize])
            }

            /// Writes a field.
            pub fn set<K: kind::Kind>(&mut self, key: Key<K>, input: K::In) {
                self.values[key.position as usize] = K::write(input);
            }

            /// The value at a position.
            pub fn at(&self, position: u16) -> &Value {
                &self.values[position as usize]
            }

            /// Replaces the value at a position.
            pub fn put(&mut self, position: u16, value: Value) {
                self.values[position as usize] = value;
            }

            /// All values, in the order of the fields.
            pub fn values(&self) -> &[Value] {
                &self.values
            }
        }

        impl<K> Index<Key<K>> for $type {
            type Output = Value;
            fn index(&self, key: Key<K>) -> &Value {
                &self.values[key.position as usize]
            }
        }
    };
}

/// One record of a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    resource: Resource,
    values: Vec<Value>,
}
access!(Record);

impl Record {
    /// A record with the defaults of its resource.
    pub fn new(resource: Resource) -> Self {
        let fields = resource.definition().fields;
        Self { resource, values: fields.iter().map(|field| field.default.value(field.field_type)).collect() }
    }

    /// A record from values in the order of the fields.
    pub fn from_values(resource: Resource, values: Vec<Value>) -> Self {
        debug_assert_eq!(values.len(), resource.definition().fields.len());
        Self { resource, values }
    }

    /// Which resource it belongs to.
    pub fn resource(&self) -> Resource {
        self.resource
    }

    /// Its id; 0 before it has one.
    pub fn id(&self) -> i64 {
        self.get(meta::ID).unwrap_or(0)
    }

    /// The name people know it by.
    pub fn title(&self) -> Option<&str> {
        self.resource.definition().title.and_then(|position| match self.at(position) {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// Whether it may still be chosen; resources without the flag always may.
    pub fn is_active(&self) -> bool {
        self.resource
            .definition()
            .active
            .is_none_or(|position| matches!(self.at(position), Value::Bool(true)))
    }

    /// Whether it was deleted.
    pub fn is_deleted(&self) -> bool {
        self.get(meta::DELETED_AT).is_some()
    }
}

/// One row of an owned list.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    values: Vec<Value>,
}
access!(Item);

impl Item {
    /// A row with the defaults of its list.
    pub fn new(fields: &'static [Field]) -> Self {
        Self { values: fields.iter().map(|field| field.default.value(field.field_type)).collect() }
    }

    /// A row without any value.
    pub fn empty(fields: &'static [Field]) -> Self {
        Self { values: vec![Value::Null; fields.len()] }
    }
}

/// The fields of the rows of an owned list.
pub fn item_fields(field: &Field) -> &'static [Field] {
    match field.field_type {
        FieldType::Items(fields) => fields,
        _ => &[],
    }
}
