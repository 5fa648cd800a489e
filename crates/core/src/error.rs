//! What can go wrong, once: each dialect spells these in its own form.

use std::borrow::Cow;

use crate::catalogue::Resource;

/// The result of a core or store operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The record does not exist, was deleted, belongs to another tenant or is outside the actor's scope.
    #[error("record not found")]
    NotFound,
    /// The actor may see it, but not do this.
    #[error("not allowed")]
    Forbidden,
    /// The request breaks rules; all problems found are listed, nothing was written.
    #[error("{} problem(s) with the request", .0.len())]
    Refused(Vec<Problem>),
    /// Someone else changed the record in between and the retries are used up.
    #[error("the record changed in between, try again")]
    Conflict,
    /// The database is busy or away; the same request may succeed later.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// The database failed.
    #[error("the database failed: {0}")]
    Storage(String),
    /// A bug here: an operation panicked or an invariant does not hold.
    #[error("internal error: {0}")]
    Internal(String),
}

impl Error {
    /// A refusal with one problem.
    pub fn refused(place: Place, reason: Reason) -> Self {
        Self::Refused(vec![Problem { place, reason }])
    }
}

/// Where in the request a problem is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The request as a whole.
    Whole,
    /// A field of the resource, by position.
    Field(Resource, u16),
    /// A field of an owned list: resource, list position, position in its rows.
    Inner(Resource, u16, u16),
    /// A key as the dialect that read it spells it.
    Wire(Cow<'static, str>),
}

/// One thing wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub reason: Reason,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The field is absent or cleared and may not be.
    Required,
    /// The value cannot be read, or is out of range.
    Invalid,
    /// The relation names no record; what was asked for.
    NotFound(String),
    /// Another active contact has this e-mail.
    DuplicateEmail(String),
    /// Another active contact has this phone.
    DuplicatePhone(String),
    /// Another record of the kind has this name.
    DuplicateName(String),
    /// Nobody owns the new record, and the tenant demands an owner.
    OwnerRequired,
    /// The pipeline has no such stage.
    StageNotInPipeline {
        /// The stage number or id asked for.
        stage: String,
        /// The name of the pipeline.
        pipeline: String,
    },
    /// The pipeline does not let a stage be skipped.
    MayNotSkipStage,
    /// The pipeline does not let an opportunity go back.
    MayNotGoBack,
    /// The pipeline does not let an opportunity start at this stage.
    MayNotStartHere,
    /// The stage or pipeline demands a product line.
    ProductRequired,
    /// The stage may not be left without a proposal.
    ProposalRequired,
    /// The outcome demands remarks.
    RemarksRequired,
    /// The outcome demands a reason.
    ReasonRequired,
    /// The opportunity may not be concluded.
    ConclusionBlocked,
    /// No proposals may be made for the opportunity.
    ProposalsBlocked,
    /// Other records use it.
    InUse,
    /// Records of these resources depend on it.
    InUseBy(Vec<Resource>),
    /// The state of the record does not allow it.
    WrongState,
    /// Another live record of the resource has this external key.
    DuplicateKey(String),
    /// A record would be its own ancestor.
    Circle,
    /// Two stages of a pipeline have the same number.
    StageNumberTwice(i64),
    /// The end lies before the start.
    EndBeforeStart,
    /// The product does not allow this discount.
    DiscountNotAllowed(String),
    /// The product does not allow this surcharge.
    SurchargeNotAllowed(String),
    /// The price of the product may not be changed on the line.
    PriceNotEditable(String),
    /// The recurrence of the product may not be changed on the line.
    RecurrenceNotEditable(String),
    /// The product is sold in whole units only.
    NotFractional(String),
    /// The pipeline allows no tasks outside its workflow.
    LooseTasksNotAllowed,
    /// The custom field accepts listed options only.
    NotAnOption(String),
    /// No custom field has this label or alias.
    UnknownCustomField(String),
    /// The type of a custom field with values may not change.
    TypeInUse,
    /// The file is too large.
    FileTooLarge,
    /// The file is not of an accepted kind.
    FileKindNotAccepted,
    /// A user may not deactivate themselves or the last administrator.
    LastAdministrator,
}
