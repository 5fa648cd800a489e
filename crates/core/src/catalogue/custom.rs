//! Custom fields: the fields a tenant adds to its contacts, opportunities and other records.

use super::{Code, code, resource};

/// Types of a custom field.
pub(super) const CUSTOM_TYPE: &[Code] = &[
    code(0, "number"),
    code(1, "text"),
    code(2, "date"),
    code(3, "money"),
    code(4, "boolean"),
    code(5, "options"),
    code(6, "long_text"),
    code(7, "radio"),
    code(8, "url"),
    code(9, "contact"),
    code(10, "activity_code"),
    code(11, "checkbox"),
    code(12, "fraction"),
];

/// The resources that carry custom fields, by the number of the resource they extend.
pub(super) const EXTENDS: &[Code] = &[
    code(0, "contact"),
    code(1, "opportunity"),
    code(2, "task"),
    code(3, "appointment"),
    code(4, "qualification"),
    code(5, "product"),
];

resource! {
    /// The definition of one custom field.
    custom_field = CustomField, "custom_field", title: "label", owner: "", registry: true, administrative: true;
    LABEL: Text = sized("label", 255).required().searched();
    /// Unique key made from the label once.
    ALIAS: Text = sized("alias", 255).derived();
    TYPE: Int = choice("type", super::CUSTOM_TYPE).starts_at(1);
    EXTENDS: Int = choice("extends", super::EXTENDS).starts_at(0);
    REQUIRED: Bool = flag("required");
    OPTIONS: Texts = texts("options");
    POSITION: Int = int("position");
    SECTION: One = one("section_id", Resource::CustomSection).created_when_missing();
    IN_FILTER: Bool = flag("in_filter").yes();
    HIDDEN: Bool = flag("hidden");
    ACTIVE: Bool = flag("active").yes();
}

resource! {
    /// A group of custom fields on the screen.
    custom_section = CustomSection, "custom_section", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    ACTIVE: Bool = flag("active").yes();
}
