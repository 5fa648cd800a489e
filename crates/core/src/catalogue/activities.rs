//! Activities: tasks (calls among them) and appointments with their participants.

use super::{Code, code, owned, resource};

/// States of a task.
pub(super) const TASK_STATUS: &[Code] =
    &[code(0, "open"), code(1, "done"), code(2, "cancelled"), code(3, "running")];
/// Priorities of a task.
pub(super) const PRIORITY: &[Code] =
    &[code(0, "normal"), code(1, "high"), code(2, "highest"), code(3, "low")];
/// What kind of work a task is.
pub(super) const NATURE: &[Code] =
    &[code(0, "common"), code(1, "call"), code(2, "notification"), code(3, "email"), code(4, "appointment")];
/// States of an appointment.
pub(super) const APPOINTMENT_STATUS: &[Code] = &[code(0, "open"), code(1, "held"), code(2, "cancelled")];

resource! {
    /// Something to do for a contact, perhaps a call.
    task = Task, "task", title: "title", owner: "owner_id", registry: false, administrative: false;
    TITLE: Text = sized("title", 255).required();
    DESCRIPTION: Text = text("description");
    CUSTOMER: One = one("customer_id", Resource::Contact).indexed();
    OPPORTUNITY: One = one("opportunity_id", Resource::Opportunity).indexed();
    OWNER: One = one("owner_id", Resource::User).indexed();
    STATUS: Int = choice("status", super::TASK_STATUS).starts_at(0).indexed();
    PRIORITY: Int = choice("priority", super::PRIORITY).starts_at(0);
    NATURE: Int = choice("nature", super::NATURE).starts_at(0);
    TYPE: One = one("type_id", Resource::TaskType).created_when_missing();
    CHECKLIST: One = one("checklist_id", Resource::Checklist).created_when_missing();
    FORM_TEMPLATE: One = one("form_template_id", Resource::FormTemplate).derived();
    /// A workflow made this task from a template whose fields are locked.
    TEMPLATE: Map = map("template").derived();
    DUE_AT: Instant = instant("due_at").required().indexed();
    STARTED_AT: Instant = instant("started_at");
    ENDED_AT: Instant = instant("ended_at");
    ANSWERED: Bool = Field::new("answered", FieldType::Bool);
    ANSWERED_BY_CONTACT: One = one("answered_by_contact_id", Resource::Contact);
    ANSWERED_BY: Text = sized("answered_by", 255);
    PHONE: Text = sized("phone", 255);
    RATING: Int = int("rating");
    NOT_ANSWERED_REASON: Text = sized("not_answered_reason", 255);
    CALL_TYPE: One = one("call_type_id", Resource::CallType).created_when_missing();
    CALL_OUTCOME: Text = text("call_outcome");
    CUSTOM: Custom = custom();
    DONE_AT: Instant = instant("done_at").derived();
}

owned! {
    /// One participant of an appointment: a user, a contact, or an e-mail address.
    participant;
    ID: Int = int("id");
    USER: One = one("user_id", Resource::User);
    CONTACT: One = one("contact_id", Resource::Contact);
    NAME: Text = text("name");
    EMAIL: Text = text("email");
    CONFIRMED: Bool = flag("confirmed");
}

resource! {
    /// A meeting with a contact.
    appointment = Appointment, "appointment", title: "subject", owner: "owner_id", registry: false, administrative: false;
    SUBJECT: Text = sized("subject", 255).required();
    DESCRIPTION: Text = text("description");
    CUSTOMER: One = one("customer_id", Resource::Contact).indexed();
    OPPORTUNITY: One = one("opportunity_id", Resource::Opportunity).indexed();
    OWNER: One = one("owner_id", Resource::User).indexed();
    STATUS: Int = choice("status", super::APPOINTMENT_STATUS).starts_at(0).indexed();
    TYPE: One = one("type_id", Resource::AppointmentType).created_when_missing();
    STARTS_AT: Instant = instant("starts_at").required().indexed();
    ENDS_AT: Instant = instant("ends_at");
    ALL_DAY: Bool = flag("all_day");
    PLACE: Text = sized("place", 255);
    ADDRESS: Text = sized("address", 255);
    LATITUDE: Decimal = decimal("latitude");
    LONGITUDE: Decimal = decimal("longitude");
    PARTICIPANTS: Items = items("participants", &participant::FIELDS);
    INVITED_EMAILS: Text = text("invited_emails");
    OUTCOME: Text = text("outcome");
    OUTCOME_BY: One = one("outcome_by_id", Resource::User).derived();
    OUTCOME_AT: Instant = instant("outcome_at").derived();
    CUSTOM: Custom = custom();
    HELD_AT: Instant = instant("held_at").derived();
}
