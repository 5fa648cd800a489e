//! Contacts: persons and organisations, their addresses and the links between them.

use super::{Code, code, owned, resource};

/// Life-cycle sections of a contact. Code 4 is a retired section that is stored as sent and never produced.
pub(super) const LIFE_CYCLE: &[Code] = &[
    code(0, "customer"),
    code(1, "prospect"),
    code(2, "suspect"),
    code(3, "lead"),
    code(4, "retired"),
    code(5, "discarded"),
];

/// Kinds of address.
pub(super) const ADDRESS_KIND: &[Code] = &[
    code(0, "residential"),
    code(1, "correspondence"),
    code(2, "head_office"),
    code(3, "branch_office"),
    code(4, "rural_business"),
];

/// What an address is for.
pub(super) const ADDRESS_PURPOSE: &[Code] = &[
    code(0, "commercial"),
    code(1, "residential"),
    code(2, "billing"),
    code(3, "delivery"),
    code(4, "other"),
];

/// What a phone is.
pub(super) const PHONE_KIND: &[Code] = &[
    code(0, "main"),
    code(1, "mobile"),
    code(2, "residential"),
    code(3, "whatsapp"),
    code(4, "fax"),
    code(5, "other"),
];

/// What an e-mail address is for.
pub(super) const EMAIL_KIND: &[Code] =
    &[code(0, "commercial"), code(1, "personal"), code(2, "billing"), code(3, "other")];

/// The sex of a person; no value says nothing at all, `unspecified` says that it was asked.
pub(super) const SEX: &[Code] = &[code(1, "female"), code(2, "male"), code(3, "unspecified")];

/// What a link between two contacts means.
pub(super) const LINK_KIND: &[Code] = &[code(0, "employer"), code(1, "parent")];

owned! {
    /// One address of a contact.
    address;
    ID: Int = int("id");
    KIND: Int = choice("kind", super::ADDRESS_KIND).starts_at(0);
    MAIN: Bool = flag("main");
    POSTAL_CODE: Text = text("postal_code");
    STREET: Text = text("street");
    LINE: Text = text("line");
    NUMBER: Text = text("number");
    COMPLEMENT: Text = text("complement");
    DISTRICT: Text = text("district");
    CITY: Text = text("city");
    STATE: Text = text("state");
    COUNTRY: Text = text("country");
    SEARCH_BY_POSTAL_CODE: Bool = flag("search_by_postal_code");
    /// What it is for; without a value it follows from the kind.
    PURPOSE: Int = choice("purpose", super::ADDRESS_PURPOSE);
    CODE: Text = text("code");
    /// The key of the city in whatever register the client uses.
    CITY_CODE: Text = text("city_code");
}

owned! {
    /// What is known of one phone of a contact besides its number; a phone without such a row is a main one.
    phone_detail;
    /// The phone, as `phones` lists it.
    TEXT: Text = text("text");
    KIND: Int = choice("kind", super::PHONE_KIND).starts_at(0);
    EXTERNAL_KEY: Text = text("external_key");
}

owned! {
    /// What is known of one e-mail address of a contact besides its text; without such a row it is a commercial one.
    email_detail;
    /// The address, as `emails` lists it.
    TEXT: Text = text("text");
    KIND: Int = choice("kind", super::EMAIL_KIND).starts_at(0);
    EXTERNAL_KEY: Text = text("external_key");
}

resource! {
    /// Leads, suspects, prospects, customers and discarded contacts; persons and organisations.
    contact = Contact, "contact", title: "name", owner: "owner_id", registry: false, administrative: false;
    NAME: Text = sized("name", 255).required().searched();
    CODE: Text = sized("code", 255).searched();
    LEGAL_NAME: Text = sized("legal_name", 255);
    LIFE_CYCLE: Int = choice("life_cycle", super::LIFE_CYCLE).starts_at(0).indexed();
    ACTIVE: Bool = flag("active").yes();
    ORGANISATION: Bool = flag("organisation");
    COMPANY_TAX_ID: Text = sized("company_tax_id", 255).digits();
    PERSONAL_TAX_ID: Text = sized("personal_tax_id", 255).digits();
    IDENTITY_DOCUMENT: Text = sized("identity_document", 255);
    STATE_REGISTRATION: Text = sized("state_registration", 255);
    CITY_REGISTRATION: Text = sized("city_registration", 255);
    JOB_TITLE: Text = sized("job_title", 255);
    EMAILS: Texts = texts("emails");
    PHONES: Texts = texts("phones");
    NOTES: Text = text("notes");
    REFERRED_BY: Text = sized("referred_by", 255);
    WEBSITE: Text = sized("website", 255);
    FACEBOOK: Text = sized("facebook", 255);
    LINKEDIN: Text = sized("linkedin", 255);
    TWITTER: Text = sized("twitter", 255);
    SKYPE: Text = sized("skype", 255);
    PHOTO: Text = sized("photo", 255).derived();
    ORIGIN: One = one("origin_id", Resource::Origin).created_when_missing();
    SEGMENT: One = one("segment_id", Resource::Segment).created_when_missing();
    CATEGORY: One = one("category_id", Resource::Category).created_when_missing();
    TAGS: Many = many("tags", Resource::Tag).created_when_missing();
    ANNUAL_REVENUE: Decimal = decimal("annual_revenue");
    EMPLOYEES: Int = int("employees");
    FOUNDED_ON: Date = date("founded_on");
    BORN_ON: Date = date("born_on");
    CONFIDENTIAL: Bool = flag("confidential");
    OWNER: One = one("owner_id", Resource::User).indexed();
    EMPLOYER: One = one("employer_id", Resource::Contact).created_when_missing();
    /// When the main link to the employer last changed.
    EMPLOYER_SINCE: Instant = instant("employer_since").derived();
    PARENT: One = one("parent_id", Resource::Contact).created_when_missing();
    /// When the main link to the parent account last changed.
    PARENT_SINCE: Instant = instant("parent_since").derived();
    ADDRESSES: Items = items("addresses", &address::FIELDS);
    /// Ids into [`places`](crate::places).
    REGION_COUNTRY: Int = int("region_country");
    REGION_STATE: Int = int("region_state");
    REGION_CITY: Int = int("region_city");
    CUSTOM: Custom = custom();
    FROM_LEAD_RECEIVER: Bool = flag("from_lead_receiver").derived();
    BLOCKED: Bool = flag("blocked").derived();
    ENTITY_TYPE: Text = sized("entity_type", 255).derived();
    OPEN_OPPORTUNITIES: Int = int("open_opportunities").rollup().starts_at(0);
    PENDING_TASKS: Int = int("pending_tasks").rollup().starts_at(0);
    PENDING_APPOINTMENTS: Int = int("pending_appointments").rollup().starts_at(0);
    QUALIFICATIONS: Int = int("qualifications").rollup().starts_at(0);
    /// Links from people to this organisation.
    PEOPLE: Int = int("people").rollup().starts_at(0);
    /// Links from this person to employers.
    EMPLOYERS: Int = int("employers").rollup().starts_at(0);
    /// Links from this contact to parent accounts.
    PARENTS: Int = int("parents").rollup().starts_at(0);
    LAST_INTERACTION_AT: Instant = instant("last_interaction_at").rollup();
    /// The two parts of a person's name, when it was written in parts; `name` is always the whole.
    GIVEN_NAME: Text = sized("given_name", 255);
    FAMILY_NAME: Text = sized("family_name", 255);
    SEX: Int = choice("sex", super::SEX);
    DEPARTMENT: Text = sized("department", 255);
    /// The company a lead says to work for, while there is no record of it.
    COMPANY_NAME: Text = sized("company_name", 255);
    TRADE_NAME: Text = sized("trade_name", 255);
    /// The Polish tax number.
    NIP: Text = sized("nip", 30).digits();
    /// The Polish register number.
    REGON: Text = sized("regon", 30).digits();
    PASSPORT: Text = sized("passport", 30);
    OTHER_DOCUMENT: Text = sized("other_document", 30);
    /// Keys that client systems give to documents: kind of document to key.
    DOCUMENT_KEYS: Map = map("document_keys");
    /// From abroad, whatever else it is.
    FOREIGN: Bool = flag("is_foreign");
    /// A person who is a customer in their own right, also while they work for a company.
    STANDS_ALONE: Bool = flag("stands_alone");
    /// A code for the legal form of an organisation.
    LEGAL_FORM: Text = sized("legal_form", 40);
    PHONE_DETAILS: Items = items("phone_details", &phone_detail::FIELDS);
    EMAIL_DETAILS: Items = items("email_details", &email_detail::FIELDS);
    /// The current qualification: the open one, else the newest.
    QUALIFICATION: One = one("qualification_id", Resource::Qualification).rollup();
}

resource! {
    /// A link from a contact to an organisation: the employer of a person, or the parent of an account.
    contact_link = ContactLink, "contact_link", title: "", owner: "", registry: false, administrative: false;
    KIND: Int = choice("kind", super::LINK_KIND).required();
    CONTACT: One = one("contact_id", Resource::Contact).required().indexed();
    ORGANISATION: One = one("organisation_id", Resource::Contact).required().indexed();
    /// The main link of the contact among those of its kind.
    MAIN: Bool = flag("main");
}
