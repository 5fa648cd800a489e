//! Resources whose tables and change log are ready while no dialect offers them yet: publications, forms, queues,
//! webhooks and dynamic tables.

use super::{owned, resource};

resource! {
    /// A note on another record.
    publication = Publication, "publication", title: "subject", owner: "", registry: false, administrative: false;
    SUBJECT: Text = sized("subject", 255);
    BODY: Text = text("body").required();
    CONTACT: One = one("contact_id", Resource::Contact).indexed();
    OPPORTUNITY: One = one("opportunity_id", Resource::Opportunity).indexed();
    TASK: One = one("task_id", Resource::Task).indexed();
    APPOINTMENT: One = one("appointment_id", Resource::Appointment).indexed();
    QUALIFICATION: One = one("qualification_id", Resource::Qualification).indexed();
    AUTOMATIC: Bool = flag("automatic").on_create();
    IMPORTANT: Bool = flag("important");
    REMIND_AT: Instant = instant("remind_at");
    COMMENTS: Int = int("comments").rollup().starts_at(0);
}

resource! {
    /// A comment on a publication.
    comment = Comment, "comment", title: "", owner: "", registry: false, administrative: false;
    PUBLICATION: One = one("publication_id", Resource::Publication).required().indexed();
    BODY: Text = text("body").required().on_create();
    /// The author's name when it is no user.
    AUTHOR_NAME: Text = sized("author_name", 255).on_create();
}

resource! {
    /// A filled or empty form.
    form = Form, "form", title: "", owner: "", registry: false, administrative: false;
    TEMPLATE: One = one("template_id", Resource::FormTemplate).required().on_create();
    FILLED_AT: Instant = instant("filled_at").derived();
    ANSWERS: Map = map("answers").on_create();
}

owned! {
    /// A user's place in a queue.
    queue_entry;
    ID: Int = int("id");
    USER: One = one("user_id", Resource::User);
    POSITION: Int = int("position");
}

resource! {
    /// A queue that hands out owners.
    queue = Queue, "queue", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    DESCRIPTION: Text = text("description");
    ENTRIES: Items = items("entries", &queue_entry::FIELDS);
    STRATEGY: Int = int("strategy").starts_at(0);
}

resource! {
    /// A subscription to one kind of event.
    webhook = Webhook, "webhook", title: "name", owner: "", registry: false, administrative: true;
    NAME: Text = sized("name", 255).required();
    URL: Text = text("url").required();
    EVENT: Int = int("event").required();
    ACTIVE: Bool = flag("active").yes();
    DELIVERIES: Int = int("deliveries").rollup().starts_at(0);
    AUTHENTICATION: Int = int("authentication").starts_at(0);
    AUTHENTICATION_USER: Text = sized("authentication_user", 255);
    AUTHENTICATION_PASSWORD: Text = text("authentication_password").secret();
    BEARER_TOKEN: Text = text("bearer_token").secret();
}

resource! {
    /// The columns and default rows of dynamic tables.
    table_template = TableTemplate, "table_template", title: "name", owner: "", registry: false, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    ALIAS: Text = sized("alias", 255).derived();
    /// JSON: columns and default rows.
    LAYOUT: Text = text("layout");
}

resource! {
    /// A table with free columns on one contact, opportunity or qualification.
    dynamic_table = DynamicTable, "dynamic_table", title: "", owner: "", registry: false, administrative: false;
    TEMPLATE: One = one("template_id", Resource::TableTemplate).required().on_create();
    CONTACT: One = one("contact_id", Resource::Contact).on_create().indexed();
    OPPORTUNITY: One = one("opportunity_id", Resource::Opportunity).on_create().indexed();
    QUALIFICATION: One = one("qualification_id", Resource::Qualification).on_create().indexed();
}

resource! {
    /// One row of a dynamic table.
    dynamic_row = DynamicRow, "dynamic_row", title: "", owner: "", registry: false, administrative: false;
    TABLE: One = one("table_id", Resource::DynamicTable).required().indexed();
    POSITION: Int = int("position");
    /// Column position to content.
    CELLS: Map = map("cells");
}
