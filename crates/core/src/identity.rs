//! Who acts, and what they may do.

use crate::catalogue::{Resource, proposal, role, user};
use crate::query::Filter;
use crate::record::Record;
use crate::snapshot::Snapshot;
use crate::terms::TermKind;
use crate::text;

/// What someone wants to do with records of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Make a new one.
    Create,
    /// See it.
    Read,
    /// Change it.
    Update,
    /// Delete it.
    Delete,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Create, Self::Read, Self::Update, Self::Delete];

    /// Its name in role rights.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// On whose records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// On none.
    None,
    /// On those the user owns.
    Own,
    /// On those owned by someone in one of the user's teams, or by the user.
    Team,
    /// On all.
    All,
}

impl Scope {
    /// Its name in role rights.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Own => "own",
            Self::Team => "team",
            Self::All => "all",
        }
    }

    /// The scope with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::None, Self::Own, Self::Team, Self::All].into_iter().find(|scope| scope.name() == name)
    }
}

/// A user who acts, with everything needed to decide what they may do.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The user.
    pub user: i64,
    /// May write administrative tables, and sees confidential contacts.
    pub administrator: bool,
    /// Users who share a team with this one, and this one.
    pub colleagues: Vec<i64>,
    /// The user's teams.
    pub teams: Vec<i64>,
    /// Scope by resource number and action.
    scopes: Vec<[Scope; 4]>,
}

impl Actor {
    /// The actor behind a user; `None` when the user is unknown or inactive.
    pub fn of(snapshot: &Snapshot, user_id: i64) -> Option<Self> {
        let user =
            snapshot.get(Resource::User, user_id).filter(|user| user.is_active() && !user.is_deleted())?;
        let role =
            user.get(user::ROLE).and_then(|id| snapshot.get(Resource::Role, id)).filter(|r| !r.is_deleted());
        let administrator = role.is_some_and(|role| role.get(role::ADMINISTRATOR));
        let scopes = Resource::ALL
            .iter()
            .map(|resource| Self::scopes_of(role.map(AsRef::as_ref), *resource))
            .collect();
        let teams = user.get(user::TEAMS);
        let mut colleagues: Vec<i64> = snapshot
            .all(Resource::User)
            .filter(|other| other.get(user::TEAMS).iter().any(|team| teams.contains(team)))
            .map(|other| other.id())
            .collect();
        if !colleagues.contains(&user_id) {
            colleagues.push(user_id);
        }
        colleagues.sort_unstable();
        Some(Self { user: user_id, administrator, colleagues, teams: teams.to_vec(), scopes })
    }

    /// The system itself: set-up, sample data, workflows. Everything is allowed.
    pub fn system(user: i64) -> Self {
        let scopes = vec![[Scope::All; 4]; Resource::ALL.len()];
        Self { user, administrator: true, colleagues: vec![user], teams: Vec::new(), scopes }
    }

    fn scopes_of(role: Option<&Record>, resource: Resource) -> [Scope; 4] {
        Action::ALL.map(|action| {
            let Some(role) = role else { return Scope::None };
            if role.get(role::ADMINISTRATOR) {
                return Scope::All;
            }
            if resource.definition().administrative && action != Action::Read {
                return Scope::None;
            }
            let named = |name: &str| {
                let key = format!("{name}.{}", action.name());
                role.get(role::RIGHTS)
                    .iter()
                    .find(|(right, _)| *right == key)
                    .and_then(|(_, s)| Scope::from_name(s))
            };
            named(resource.name()).or_else(|| named("*")).unwrap_or(Scope::None)
        })
    }

    /// The same actor without what these rights take away: pairs of `resource.action` or `*.action` and `none`.
    ///
    /// A right of the resource itself decides before one of all; any other scope takes nothing away, and nothing is given.
    #[must_use]
    pub fn narrowed(&self, rights: &[(String, String)]) -> Self {
        let mut actor = self.clone();
        for (resource, scopes) in Resource::ALL.iter().zip(&mut actor.scopes) {
            for action in Action::ALL {
                let named = |name: &str| {
                    let right = rights.iter().find(|(right, _)| {
                        right.split_once('.').is_some_and(|(of, what)| of == name && what == action.name())
                    });
                    right.map(|(_, scope)| scope.as_str())
                };
                if named(resource.name()).or_else(|| named("*")) == Some(Scope::None.name()) {
                    scopes[action as usize] = Scope::None;
                }
            }
        }
        actor
    }

    /// On whose records of this resource the actor may do this.
    pub fn scope(&self, resource: Resource, action: Action) -> Scope {
        let scope = self.scopes[resource as usize][action as usize];
        // What nobody owns cannot be owned by the actor: any right on it is a right on all.
        if resource.definition().owner.is_none() && scope > Scope::None { Scope::All } else { scope }
    }

    /// The condition that keeps records the actor may not see out of a list.
    pub fn visible(&self, resource: Resource) -> Filter {
        let definition = resource.definition();
        if resource == Resource::Proposal && self.scope(resource, Action::Read) > Scope::None {
            // A proposal is seen with its opportunity.
            return match self.visible(Resource::Opportunity) {
                Filter::All => Filter::All,
                Filter::Nothing => Filter::Nothing,
                some => Filter::Via(proposal::OPPORTUNITY.position(), Box::new(some)),
            };
        }
        let scope = match (definition.owner, self.scope(resource, Action::Read)) {
            (_, Scope::None) => return Filter::Nothing,
            (None, _) | (_, Scope::All) => Filter::All,
            (Some(owner), Scope::Own) => self.or_co_owner(resource, Filter::is(owner, self.user)),
            (Some(owner), Scope::Team) => {
                self.or_co_owner(resource, Filter::OneOf(owner, self.colleagues.clone()))
            }
        };
        if resource == Resource::Contact { scope.and(self.not_confidential()) } else { scope }
    }

    /// Opportunities are also seen by who co-owns them, alone or through a team.
    fn or_co_owner(&self, resource: Resource, owned: Filter) -> Filter {
        if resource != Resource::Opportunity {
            return owned;
        }
        let term = |kind, ids: &[i64]| {
            Filter::Term(kind, crate::query::TextMatch::Equal, ids.iter().map(i64::to_string).collect())
        };
        let mut either = vec![owned, term(TermKind::CoOwner, &[self.user])];
        if !self.teams.is_empty() {
            either.push(term(TermKind::CoOwnerTeam, &self.teams));
        }
        Filter::Or(either)
    }

    /// The condition that keeps confidential contacts from those who may not see them (rule C4 of the contacts page).
    pub fn not_confidential(&self) -> Filter {
        use crate::catalogue::contact;
        if self.administrator {
            return Filter::All;
        }
        Filter::Or(vec![Filter::is(contact::CONFIDENTIAL, 0), Filter::is(contact::OWNER, self.user)])
    }

    /// Whether the actor may do this with the record as it is now.
    pub fn may(&self, action: Action, record: &Record) -> bool {
        self.decide(action, record, true)
    }

    /// The same, as if the actor co-owned nothing: who only co-owns a record does not decide whose it is.
    pub fn may_alone(&self, action: Action, record: &Record) -> bool {
        self.decide(action, record, false)
    }

    fn decide(&self, action: Action, record: &Record, as_co_owner: bool) -> bool {
        use crate::catalogue::{contact, opportunity};
        let definition = record.resource().definition();
        let owner = definition.owner.and_then(|position| record.at(position).number());
        if record.resource() == Resource::Contact
            && !self.administrator
            && record.get(contact::CONFIDENTIAL)
            && owner != Some(self.user)
        {
            return false;
        }
        let co_owner = as_co_owner
            && record.resource() == Resource::Opportunity
            && action != Action::Delete
            && (record.get(opportunity::CO_OWNERS).contains(&self.user)
                || record.get(opportunity::CO_OWNER_TEAMS).iter().any(|team| self.teams.contains(team)));
        match self.scope(record.resource(), action) {
            Scope::None => false,
            Scope::All => true,
            Scope::Own => co_owner || owner == Some(self.user),
            Scope::Team => co_owner || owner.is_some_and(|owner| self.colleagues.contains(&owner)),
        }
    }
}

/// The user behind a token secret: valid means registered, not revoked, not expired, its user active.
pub fn user_of_token(snapshot: &Snapshot, hash: &str, now: crate::value::Instant) -> Option<i64> {
    use crate::catalogue::token;
    let token = snapshot.token(hash)?;
    let live = !token.is_deleted()
        && token.get(token::REVOKED_AT).is_none()
        && token.get(token::EXPIRES_AT).is_none_or(|end| now < end);
    let user = token.get(token::USER).filter(|_| live)?;
    snapshot.get(Resource::User, user).filter(|user| user.is_active() && !user.is_deleted()).map(|_| user)
}

/// A role a new tenant starts with.
#[derive(Debug)]
pub struct StandardRole {
    /// Its name.
    pub name: &'static str,
    /// May do everything.
    pub administrator: bool,
    /// Pairs of right and scope.
    pub rights: &'static [(&'static str, &'static str)],
}

/// The roles a new tenant starts with.
pub const STANDARD_ROLES: &[StandardRole] = &[
    StandardRole { name: "administrator", administrator: true, rights: &[] },
    StandardRole {
        name: "manager",
        administrator: false,
        rights: &[("*.create", "all"), ("*.read", "team"), ("*.update", "team"), ("*.delete", "team")],
    },
    StandardRole {
        name: "seller",
        administrator: false,
        rights: &[("*.create", "all"), ("*.read", "own"), ("*.update", "own"), ("*.delete", "own")],
    },
    StandardRole { name: "reader", administrator: false, rights: &[("*.read", "all")] },
];

/// Whether two logins are the same.
pub fn same_login(left: &str, right: &str) -> bool {
    text::fold(left) == text::fold(right)
}
