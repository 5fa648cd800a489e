//! Who works in the CRM: users, teams, roles, and the tokens, clients and sessions that act for a user.

use super::{Code, code, resource};

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
    /// The number the user has in a client's system.
    CODE: Text = sized("code", 60).searched();
    PHONE: Text = sized("phone", 60);
    /// Sessions from before this instant are over: the password has changed since.
    SESSIONS_SINCE: Instant = instant("sessions_since").derived();
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

resource! {
    /// A program that may open sessions for users who give it their password. Only the SHA-256 of its secret is kept.
    client = Client, "oauth_client", title: "name", owner: "", registry: true, administrative: true;
    NAME: Text = sized("name", 255).required().searched();
    /// The public half of its credentials.
    CLIENT_ID: Text = sized("client_id", 64).required().on_create();
    SECRET_HASH: Text = text("secret_hash").required().on_create().secret();
    /// `resource.action` or `*.action` to `none` for what it may not do, whoever the user is.
    RIGHTS: Map = map("rights");
    REVOKED_AT: Instant = instant("revoked_at");
}

/// What a session is held by.
pub(super) const SESSION_KIND: &[Code] = &[code(0, "bearer"), code(1, "cookie")];

resource! {
    /// A user at work through a client or with a cookie, for a while. Only SHA-256 sums of its secrets are kept.
    session = Session, "session", title: "", owner: "", registry: false, administrative: true;
    KIND: Int = choice("kind", super::SESSION_KIND).required();
    USER: One = one("user_id", Resource::User).required().indexed();
    CLIENT: One = one("client_id", Resource::Client);
    MAY_READ: Bool = flag("may_read").yes();
    MAY_WRITE: Bool = flag("may_write").yes();
    /// The sum of the access token or of the cookie.
    ACCESS_HASH: Text = text("access_hash").secret();
    /// The sum of the refresh token.
    REFRESH_HASH: Text = text("refresh_hash").secret();
    /// What the access token is derived from, together with a key that is not in the database.
    ACCESS_SEED: Text = text("access_seed").secret();
    /// The same of the refresh token.
    REFRESH_SEED: Text = text("refresh_seed").secret();
    /// When the access token ends, or the cookie at the latest.
    EXPIRES_AT: Instant = instant("expires_at");
    REFRESH_EXPIRES_AT: Instant = instant("refresh_expires_at");
    /// When nothing of it can be used any more: the row may go.
    GONE_AT: Instant = instant("gone_at").indexed();
    ENDED_AT: Instant = instant("ended_at");
    /// The last use of a cookie, to the minute.
    LAST_SEEN_AT: Instant = instant("last_seen_at").rollup();
}
