//! One diagnosis in the shape that programs read: names and fields are a promise.

use std::fmt;

use relink_core::reason::{Diagnosis, Remedy};
use serde::Serialize;

#[derive(Serialize)]
pub(in crate::cli) struct Verdict {
    reason: &'static str,
    code: String,
    cause: Option<String>,
    needs_user: bool,
    retryable: bool,
    retry_after_s: Option<u64>,
    who_acts: &'static str,
    message: String,
    #[serde(skip)]
    remedy: Remedy,
}

impl Verdict {
    pub(in crate::cli) fn of(diagnosis: Diagnosis) -> Self {
        Self {
            reason: diagnosis.reason.code(),
            needs_user: diagnosis.needs_user(),
            retryable: diagnosis.is_retryable(),
            retry_after_s: diagnosis.retry_after_ms.map(|ms| ms.div_ceil(1_000)),
            who_acts: diagnosis.actor.code(),
            remedy: diagnosis.remedy,
            code: diagnosis.code,
            cause: diagnosis.cause,
            message: diagnosis.message,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.message)?;
        writeln!(f, "Reason:   {} ({})", self.reason, self.code)?;
        if let Some(cause) = &self.cause {
            writeln!(f, "Cause:    {cause}")?;
        }
        writeln!(f, "Who acts: {}", self.who_acts)?;
        write!(f, "Remedy:   {}", self.remedy.code())?;
        if let Some(seconds) = self.retry_after_s {
            write!(f, ", again in {seconds} s")?;
        }
        Ok(())
    }
}
