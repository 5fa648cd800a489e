//! The tables of all entities (section 15).

use super::table::Entity;

/// Every entity, in the order of 7.1.
pub(super) static ENTITIES: &[Entity] = &[];

/// The entity with this name; names are exact.
pub(super) fn named(name: &str) -> Option<&'static Entity> {
    ENTITIES.iter().find(|entity| entity.name == name)
}
