//! The tables of all resources (sections 14 and 15).

use super::table::Entity;

/// Every resource, in the order of 4.4, then the supporting lists.
pub(super) static ENTITIES: &[Entity] = &[];

/// The resource with this service and name, any case, with and without the ending `-integration` (4.4).
pub(super) fn named(service: &str, name: &str) -> Option<&'static Entity> {
    fn bare(name: &str) -> &str {
        name.strip_suffix("-integration").unwrap_or(name)
    }
    let name = name.to_ascii_lowercase();
    ENTITIES
        .iter()
        .find(|entity| entity.service.eq_ignore_ascii_case(service) && bare(entity.name) == bare(&name))
}
