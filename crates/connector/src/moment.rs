//! Moments as APIs write them, in and out: every form that the contract of dates allows, to microseconds and back.
