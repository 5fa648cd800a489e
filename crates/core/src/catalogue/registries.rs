//! Small registries that qualify other records: tags, origins, segments, categories, types, reasons, templates.

use super::{Code, code, resource};

/// Where a tag may be put.
pub(super) const TAG_USE: &[Code] = &[code(0, "contact"), code(1, "opportunity"), code(2, "both")];

resource! {
    /// A label on contacts, opportunities and qualifications.
    tag = Tag, "tag", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    COLOUR: Text = sized("colour", 7);
    ACTIVE: Bool = flag("active").yes();
    DESCRIPTION: Text = text("description");
    USED_ON: Int = choice("used_on", super::TAG_USE).starts_at(2);
}

macro_rules! plain_registry {
    ($(#[$doc:meta])* $module:ident = $resource:ident, $table:literal) => {
        resource! {
            $(#[$doc])*
            $module = $resource, $table, title: "name", owner: "", registry: true, administrative: true;
            NAME: Text = sized("name", 255).required().searched();
            ACTIVE: Bool = flag("active").yes();
            DESCRIPTION: Text = text("description");
            /// A stable word for the entry, the same in every language.
            CODE: Text = sized("code", 60);
        }
    };
}

plain_registry! {
    /// Where a contact or opportunity came from.
    origin = Origin, "origin"
}
plain_registry! {
    /// The line of business of a contact.
    segment = Segment, "segment"
}
resource! {
    /// A type of appointment.
    appointment_type = AppointmentType, "appointment_type", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    ACTIVE: Bool = flag("active").yes();
    DESCRIPTION: Text = text("description");
    COLOUR: Text = sized("colour", 30);
    /// The one that appointments get when none is named.
    DEFAULT: Bool = flag("is_default");
}
plain_registry! {
    /// A type of call.
    call_type = CallType, "call_type"
}
plain_registry! {
    /// Why an opportunity was won or lost.
    outcome_reason = OutcomeReason, "outcome_reason"
}
plain_registry! {
    /// Why an opportunity was discarded.
    discard_reason = DiscardReason, "discard_reason"
}
plain_registry! {
    /// A list of steps a task is worked through with.
    checklist = Checklist, "checklist"
}
plain_registry! {
    /// A layout for proposals.
    proposal_template = ProposalTemplate, "proposal_template"
}
plain_registry! {
    /// A set of questions for forms.
    form_template = FormTemplate, "form_template"
}

resource! {
    /// A category of contacts, offered in some life-cycle sections.
    category = Category, "category", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    ACTIVE: Bool = flag("active").yes();
    DESCRIPTION: Text = text("description");
    FOR_CUSTOMERS: Bool = flag("for_customers").yes();
    FOR_PROSPECTS: Bool = flag("for_prospects").yes();
    FOR_SUSPECTS: Bool = flag("for_suspects").yes();
    FOR_LEADS: Bool = flag("for_leads").yes();
    FOR_DISCARDED: Bool = flag("for_discarded").yes();
    /// A stable word for the entry, the same in every language.
    CODE: Text = sized("code", 60);
}

resource! {
    /// A registered type of task, of one nature.
    task_type = TaskType, "task_type", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    ACTIVE: Bool = flag("active").yes();
    DESCRIPTION: Text = text("description");
    NATURE: Int = choice("nature", crate::catalogue::activities::NATURE).starts_at(0);
    /// A stable word for the entry, the same in every language.
    CODE: Text = sized("code", 60);
}
