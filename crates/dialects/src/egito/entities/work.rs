//! Products, tasks and users (15.8 to 15.10).

use favo_core::Resource;
use favo_core::catalogue::{product, task, user};

use crate::egito::dictionary::Kind;
use crate::egito::table::{Among, At, Entity, Field, Form, field, own};

const PRICE: Form = Form::Decimal { places: 4, money: true };

pub(super) static PRODUCT: Entity = Entity {
    name: "Product",
    resource: Resource::Product,
    among: Among::All,
    writable: true,
    fields: &[
        Field::ID,
        field("name", Form::Text(200), own(product::NAME), "name").required().searched(),
        field("code", Form::Text(60), own(product::CODE), "unique when set").searched(),
        field("category", Form::Dictionary(Kind::ProductCategory), own(product::CATEGORY), "category"),
        field(
            "subcategory",
            Form::Dictionary(Kind::ProductSubcategory),
            own(product::SUBCATEGORY),
            "belongs to the category, which it fills when empty",
        ),
        field("unit", Form::Dictionary(Kind::UnitOfMeasure), own(product::UNIT), "unit of measure"),
        field("netPrice", PRICE, own(product::BASE_PRICE), "default 0"),
        field("currency", Form::Dictionary(Kind::Currency), own(product::CURRENCY), "currency"),
        field("vatRate", Form::Dictionary(Kind::VatRate), own(product::TAX_CODE), "rate of VAT"),
        field("active", Form::Boolean, own(product::ACTIVE), "may be sold; default true"),
        field("description", Form::Text(4000), own(product::DESCRIPTION), "description").searched(),
    ],
};

pub(super) static TASK: Entity = Entity {
    name: "Task",
    resource: Resource::Task,
    among: Among::All,
    writable: true,
    fields: &[
        Field::ID,
        field("subject", Form::Text(200), own(task::TITLE), "what is to be done").required().searched(),
        field("type", Form::Dictionary(Kind::ActivityType), own(task::TYPE), "type"),
        field("status", Form::Dictionary(Kind::TaskStatus), own(task::STATUS), "status"),
        field("priority", Form::Dictionary(Kind::TaskPriority), own(task::PRIORITY), "priority"),
        field("dueDate", Form::DateTime, own(task::DUE_AT), "default: end of the current day"),
        field("completedAt", Form::DateTime, own(task::DONE_AT), "set when done").read_only(),
        field(
            "account",
            Form::Reference("Account"),
            At::AccountOrEmployer(task::CUSTOMER.position()),
            "client, or the company of the contact",
        ),
        field(
            "contact",
            Form::Reference("Contact"),
            At::Person(None, task::CUSTOMER.position()),
            "client; wins over account",
        ),
        field("lead", Form::Reference("Lead"), At::Lead(task::CUSTOMER.position()), "client; wins over both"),
        field(
            "opportunity",
            Form::Reference("Opportunity"),
            own(task::OPPORTUNITY),
            "fills the client when none is given",
        ),
        field("owner", Form::Reference("User"), own(task::OWNER), "who does it"),
        field("description", Form::Text(4000), own(task::DESCRIPTION), "description").searched(),
    ],
};

pub(super) static USER: Entity = Entity {
    name: "User",
    resource: Resource::User,
    among: Among::All,
    writable: false,
    fields: &[
        Field::ID,
        field("login", Form::Text(255), own(user::LOGIN), "without @app").read_only().searched(),
        field("username", Form::Text(255), At::Special, "login@app, as the token request takes it")
            .read_only(),
        field("firstName", Form::Text(100), At::Given(None, user::NAME.position()), "first name")
            .read_only()
            .searched(),
        field("lastName", Form::Text(150), At::Family(None, user::NAME.position()), "last name")
            .read_only()
            .searched(),
        field("email", Form::Email, own(user::EMAIL), "e-mail address").read_only().searched(),
        field("phone", Form::Phone, own(user::PHONE), "phone").read_only(),
        field("active", Form::Boolean, own(user::ACTIVE), "may sign in").read_only(),
    ],
};
