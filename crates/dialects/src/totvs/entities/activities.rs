//! Activities, calendar entries and their types (14.13 to 14.15).

use favo_core::Resource;
use favo_core::catalogue::{appointment, appointment_type, task};

use super::{
    ACTIVITY_TYPES, CALENDAR_TYPES as TO_TYPES, CONTACTS, CUSTOMERS, LEADS, OPPORTUNITIES, all, professional,
    professional_name,
};
use crate::totvs::table::{Actions, At, Client, Entity, Field, Form, Source, own};

static STATUS: &[(&str, i64)] = &[("OPEN", 0), ("PROGRESS", 3), ("DONE", 1), ("CANCELED", 2)];
static PRIORITY: &[(&str, i64)] = &[("LOW", 3), ("NORMAL", 0), ("HIGH", 1), ("HIGH", 2)];
static CALENDAR_STATUS: &[(&str, i64)] = &[("OPEN", 0), ("DONE", 1), ("CANCELED", 2)];

const fn client(at: u16) -> Field {
    let form = Form::Reference("name", CUSTOMERS);
    Field::new(
        "customer",
        form,
        At::Client(at, Client::CustomerOrEmployer),
        "client; of a contact, the company",
    )
}

const fn contact(at: u16) -> Field {
    Field::new(
        "contact",
        Form::Reference("name", CONTACTS),
        At::Client(at, Client::Contact),
        "client, when it is a contact",
    )
}

const fn lead(at: u16) -> Field {
    Field::new(
        "lead",
        Form::Reference("name", LEADS),
        At::Client(at, Client::Lead),
        "client, when it is a lead",
    )
}

pub(super) static ACTIVITIES: Entity = Entity {
    service: "activity",
    name: "activities",
    source: Source::Core { resource: Resource::Task, only: all },
    actions: Actions::All,
    fields: &[
        Field::new("description", Form::Text(200), own(task::TITLE), "title").required(),
        Field::new("activityType", Form::Reference("description", ACTIVITY_TYPES), own(task::TYPE), "type"),
        Field::new("status", Form::Enumeration(STATUS), own(task::STATUS), "status"),
        Field::new("priority", Form::Enumeration(PRIORITY), own(task::PRIORITY), "priority"),
        Field::new("dueOn", Form::DateTime, own(task::DUE_AT), "due date"),
        Field::new("doneAt", Form::DateTime, own(task::DONE_AT), "when it was done").read_only(),
        client(task::CUSTOMER.position()),
        contact(task::CUSTOMER.position()),
        lead(task::CUSTOMER.position()),
        Field::new(
            "opportunity",
            Form::Reference("description", OPPORTUNITIES),
            own(task::OPPORTUNITY),
            "opportunity",
        ),
        professional(task::OWNER.position()),
        professional_name(task::OWNER.position()),
        Field::new("observation", Form::Text(4000), own(task::DESCRIPTION), "description"),
    ],
};

pub(super) static CALENDARS: Entity = Entity {
    service: "calendar",
    name: "calendars",
    source: Source::Core { resource: Resource::Appointment, only: all },
    actions: Actions::All,
    fields: &[
        Field::new("description", Form::Text(200), own(appointment::SUBJECT), "subject").required(),
        Field::new("calendarType", Form::Reference("description", TO_TYPES), own(appointment::TYPE), "type"),
        Field::new("startAt", Form::DateTime, own(appointment::STARTS_AT), "start").required(),
        Field::new("endAt", Form::DateTime, own(appointment::ENDS_AT), "end"),
        Field::new("allDay", Form::Boolean, own(appointment::ALL_DAY), "takes whole days"),
        Field::new("location", Form::Text(255), own(appointment::PLACE), "place"),
        Field::new("status", Form::Enumeration(CALENDAR_STATUS), own(appointment::STATUS), "status"),
        client(appointment::CUSTOMER.position()),
        contact(appointment::CUSTOMER.position()),
        lead(appointment::CUSTOMER.position()),
        Field::new(
            "opportunity",
            Form::Reference("description", OPPORTUNITIES),
            own(appointment::OPPORTUNITY),
            "opportunity",
        ),
        Field::new("participants", Form::Participants, own(appointment::PARTICIPANTS), "who takes part"),
        professional(appointment::OWNER.position()),
        professional_name(appointment::OWNER.position()),
        Field::new("observation", Form::Text(4000), own(appointment::DESCRIPTION), "description"),
    ],
};

pub(super) static CALENDAR_TYPES: Entity = Entity {
    service: "calendar",
    name: "calendar-types",
    source: Source::Core { resource: Resource::AppointmentType, only: all },
    actions: Actions::NoDelete,
    fields: &[
        Field::new("description", Form::Text(80), own(appointment_type::NAME), "name").required(),
        Field::new("color", Form::Text(30), own(appointment_type::COLOUR), "colour such as `#2E7D32`"),
        Field::new("active", Form::Boolean, own(appointment_type::ACTIVE), "may still be chosen"),
        Field::new(
            "standard",
            Form::Boolean,
            own(appointment_type::DEFAULT),
            "the one entries get when none is named",
        ),
    ],
};
