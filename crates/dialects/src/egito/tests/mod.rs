//! What is told before anything is known of a tenant.
