//! What is sent, on its way in.
pub(super) mod extras { pub(in crate::egito) const PREFIX: &str = "egito."; }
