//! Who works in the CRM: users, teams, roles and the tokens that act for a user.

use super::resource;

resource! {
    /// Someone who may sign in or act through a token.
    user = User, "app_user", title: "name", owner: "", registry: true, administrative: true;
    LOGIN: Text = sized("login", 255).required().searched();
    NAME: Text = sized("name", 255).required().searched();
    EMAIL: Text = sized("email", 255).required();
    ACTIVE: Bool = flag("active").yes();
    PHOTO: Text = sized("photo", 255).derived();
    ROLE: One = one("role_id", Resource::Role).derived();
    TEAMS: Many = many("teams", Resource::Team).derived();
    PASSWORD_HASH: Text = text("password_hash").derived().secret();
}

resource! {
    /// A group of users who may see each other's records.
    team = Team, "team", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    ACTIVE: Bool = flag("active").yes();
    DESCRIPTION: Text = text("description");
    DEFAULT: Bool = flag("is_default");
}

resource! {
    /// What its users may do: a scope per resource and action.
    role = Role, "role", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    ACTIVE: Bool = flag("active").yes();
    /// May write administrative tables and sees confidential contacts.
    ADMINISTRATOR: Bool = flag("administrator");
    /// `resource.action` or `*.action` to `none`, `own`, `team` or `all`.
    RIGHTS: Map = map("rights");
}

resource! {
    /// A key that carries its user's rights. Only the SHA-256 of the secret is kept.
    token = Token, "token", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required();
    USER: One = one("user_id", Resource::User).required();
    HASH: Text = text("hash").required().secret();
    EXPIRES_AT: Instant = instant("expires_at");
    REVOKED_AT: Instant = instant("revoked_at");
}
