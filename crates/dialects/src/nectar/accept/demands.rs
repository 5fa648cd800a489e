//! What this dialect demands or refuses where the core is wider: customers of activities, priorities, currencies.

use favo_core::Resource;
use favo_core::catalogue::{appointment, product, task};
use favo_core::error::{Place, Reason};
use favo_core::patch::Input;

use super::{Acceptance, Accepted};

/// The priority that others write and this dialect shows as a normal one.
pub(super) const LOW: i64 = 3;
/// The priority of tasks that have no other.
pub(super) const NORMAL: i64 = 0;

/// The priority this dialect shows for a stored one.
pub(in crate::nectar) fn shown_priority(stored: i64) -> i64 {
    if stored == LOW { NORMAL } else { stored }
}

/// The customer of a task or appointment, which this dialect demands.
pub(in crate::nectar) fn customer_of(resource: Resource) -> Option<u16> {
    match resource {
        Resource::Task => Some(task::CUSTOMER.position()),
        Resource::Appointment => Some(appointment::CUSTOMER.position()),
        _ => None,
    }
}

impl Acceptance<'_> {
    /// Priorities and currencies that only others know.
    pub(super) fn refuse_foreign(&mut self) {
        if self.resource == Resource::Task && self.patch.get(task::PRIORITY) == Some(&Input::Int(LOW)) {
            self.patch.remove(task::PRIORITY);
            self.invalid(task::PRIORITY.position());
        }
        if self.resource != Resource::Product {
            return;
        }
        let Some(Input::Text(currency)) = self.patch.get(product::CURRENCY) else { return };
        let kept = self.stored.and_then(|stored| stored.get(product::CURRENCY)) == Some(currency.as_str());
        if !kept && !matches!(currency.as_str(), "" | "BRL" | "USD") {
            self.patch.remove(product::CURRENCY);
            self.invalid(product::CURRENCY.position());
        }
    }
}

impl Accepted {
    /// Demands the customer of an activity that is new or loses it.
    pub(in crate::nectar) fn demand_customer(&mut self, resource: Resource, is_new: bool) {
        let Some(field) = customer_of(resource) else { return };
        let missing = match self.patch.get(field) {
            None => is_new,
            Some(Input::Clear) => true,
            Some(_) => false,
        };
        let place = Place::Field(resource, field);
        if missing && !self.patch.problems.iter().any(|problem| problem.place == place) {
            self.patch.problem(place, Reason::Required);
        }
    }
}
