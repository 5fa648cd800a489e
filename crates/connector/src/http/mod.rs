//! Requests to the source: one pace for all workers, retries with a budget, `Retry-After` obeyed by all.
