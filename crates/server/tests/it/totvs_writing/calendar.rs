//! Activities, calendar entries and their types (14.13 to 14.15).

use serde_json::json;

use super::{
    ACTIVITIES, CALENDAR_TYPES, CALENDARS, CONTACTS, CUSTOMERS, DEALS, LEADS, act, cleared, create, customer,
    desk, entry, get, holds, rejected, there_and_back, update,
};

#[test]
fn every_field_of_an_activity_is_kept() {
    let desk = desk();
    let company = customer(&desk);
    let contact = create(&desk, CONTACTS, &json!({"name": "Rui", "customerId": company}));
    let deal = create(&desk, DEALS, &json!({"description": "a", "customerId": company}));
    let kind = entry(&desk, "activity/activity-types", "E-mail");
    let body = json!({
        "externalId": "A-1", "description": "Ligar", "activityType": {"id": kind}, "status": "PROGRESS",
        "priority": "HIGH", "dueOn": "2026-06-10T14:30:15.250-03:00", "contact": {"id": contact},
        "customer": {"id": company}, "opportunity": {"id": deal}, "observation": "Cedo."
    });
    let id = there_and_back(&desk, ACTIVITIES, &body);
    cleared(&desk, ACTIVITIES, &id, &["opportunity", "observation"]);
    update(&desk, ACTIVITIES, &id, &json!({"contact": null, "customer": null}));
    holds(
        &get(&desk, ACTIVITIES, &id),
        &json!({"contact": null, "customer": null, "lead": null}),
        "activity",
    );
    update(&desk, ACTIVITIES, &id, &json!({"status": "DONE"}));
    assert!(get(&desk, ACTIVITIES, &id)["doneAt"].is_string());
    let bare = create(&desk, ACTIVITIES, &json!({"description": "x", "opportunityId": deal}));
    let expected = json!({"status": "OPEN", "priority": "NORMAL", "dueOn": "2026-06-09T23:59:59.999-03:00",
        "customer": {"id": company}});
    holds(&get(&desk, ACTIVITIES, &bare), &expected, "activity");
    let lead = create(&desk, LEADS, &json!({"name": "Ana"}));
    let two = json!({"description": "x", "customerId": company, "leadId": lead});
    rejected(&act(&desk, "create", ACTIVITIES, &two), "leadId", "ReferenceConflict");
    desk.totvs("DELETE", &format!("{ACTIVITIES}/{bare}"), &[], "").with(200);
}

#[test]
fn every_field_of_a_calendar_entry_is_kept() {
    let desk = desk();
    let company = customer(&desk);
    let contact = create(&desk, CONTACTS, &json!({"name": "Rui", "customerId": company}));
    let user = get(&desk, CUSTOMERS, &company)["professionalId"].clone();
    let kind = there_and_back(
        &desk,
        CALENDAR_TYPES,
        &json!({"externalId": "K", "description": "Demonstração", "color": "#2E7D32", "active": true, "standard": true}),
    );
    let body = json!({
        "externalId": "V-1", "description": "Visita", "calendarType": {"id": kind},
        "startAt": "2026-06-10T14:30:00.000-03:00", "endAt": "2026-06-10T16:00:00.000-03:00", "allDay": false,
        "location": "Joinville", "status": "DONE", "customer": {"id": company},
        "participants": [{"userId": user}, {"contactId": contact}, {"email": "x@y.example"}],
        "observation": "Levar amostras."
    });
    let id = there_and_back(&desk, CALENDARS, &body);
    cleared(&desk, CALENDARS, &id, &["location", "participants", "observation", "customer"]);
    let bare = create(&desk, CALENDARS, &json!({"description": "x", "startAt": "10/06/2026 09:00"}));
    let expected = json!({"startAt": "2026-06-10T09:00:00.000-03:00", "endAt": "2026-06-10T10:00:00.000-03:00",
        "calendarType": {"id": kind}});
    holds(&get(&desk, CALENDARS, &bare), &expected, "calendar");
    let all_day =
        create(&desk, CALENDARS, &json!({"description": "x", "startAt": "10/06/2026", "allDay": true}));
    assert_eq!(get(&desk, CALENDARS, &all_day)["endAt"], "2026-06-10T23:59:00.000-03:00");
    let wrong = json!({"endAt": "2026-06-10T08:00:00-03:00"});
    rejected(&act(&desk, "update", &format!("{CALENDARS}/{bare}"), &wrong), "endAt", "Range");
    rejected(&act(&desk, "create", CALENDARS, &json!({"description": "x"})), "startAt", "NotNull");
    let both = json!({"description": "x", "startAt": "10/06/2026", "participants": [{"email": "a@b.cd", "userId": user}]});
    rejected(&act(&desk, "create", CALENDARS, &both), "participants[0]", "ReferenceConflict");
    // Another type that is to be the standard one takes that from the first.
    create(&desk, CALENDAR_TYPES, &json!({"description": "Almoço", "standard": true}));
    assert_eq!(get(&desk, CALENDAR_TYPES, &kind)["standard"], false);
}
