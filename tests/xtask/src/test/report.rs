//! Runs the stages of a test run one after another and keeps what became of each.

use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::tally::{self, Tally};
use crate::run;

/// The stages so far.
pub(crate) struct Report {
    interrupted: Arc<AtomicBool>,
    stages: Vec<Stage>,
    tally: Option<Tally>,
}

struct Stage {
    title: String,
    duration: Duration,
    verdict: Verdict,
}

enum Verdict {
    Passed,
    Failed(String),
    Skipped(&'static str),
}

impl Report {
    pub(crate) fn new(interrupted: Arc<AtomicBool>) -> Self {
        Self { interrupted, stages: Vec::new(), tally: None }
    }

    /// Runs a stage; when it fails the run goes on, so that one run shows everything that is wrong.
    pub(crate) fn stage(&mut self, title: &str, work: impl FnOnce() -> Result<()>) {
        // The verdict is in the report; nothing depends on this stage.
        let _ = self.required(title, work);
    }

    /// Runs a stage without which the rest makes no sense.
    pub(crate) fn required<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        if run::is_interrupted(&self.interrupted) {
            bail!("interrupted");
        }
        run::announce(title);
        let started = Instant::now();
        let outcome = work();
        let verdict = match &outcome {
            Ok(_) => Verdict::Passed,
            Err(error) => Verdict::Failed(format!("{error:#}")),
        };
        self.stages.push(Stage { title: title.to_owned(), duration: started.elapsed(), verdict });
        outcome
    }

    /// Runs a test runner as a stage and adds the tests that it reports; fails only when interrupted.
    pub(crate) fn count(&mut self, title: &str, runner: &mut Command) -> Result<()> {
        if run::is_interrupted(&self.interrupted) {
            bail!("interrupted");
        }
        let found = Mutex::new(None);
        self.stage(title, || {
            run::run_observed(runner, |line| {
                if let Some(counted) = tally::read(line) {
                    let mut found = found.lock().expect("no thread panics while it adds");
                    *found = Some(found.unwrap_or_default() + counted);
                }
            })
        });
        let found = found.into_inner().expect("no thread panics while it adds");
        if let Some(counted) = found {
            self.tally = Some(self.tally.unwrap_or_default() + counted);
        }
        Ok(())
    }

    /// Notes a stage that this machine cannot run, and what to do about it.
    pub(crate) fn skip(&mut self, title: &str, remedy: &'static str) {
        let verdict = Verdict::Skipped(remedy);
        self.stages.push(Stage { title: title.to_owned(), duration: Duration::ZERO, verdict });
    }

    /// Prints the summary; its last line counts the tests if a runner counted them.
    pub(crate) fn finish(self) -> ExitCode {
        let interrupted = run::is_interrupted(&self.interrupted);
        println!("==> {}", if interrupted { "interrupted" } else { "summary" });
        for stage in &self.stages {
            println!("{}", stage.line());
        }
        if let Some(Tally { passed, failed }) = self.tally {
            println!("{passed} passed, {failed} failed");
        }
        let is_failed = |stage: &Stage| matches!(stage.verdict, Verdict::Failed(_));
        if interrupted || self.stages.iter().any(is_failed) {
            return ExitCode::FAILURE;
        }
        ExitCode::SUCCESS
    }
}

impl Stage {
    fn line(&self) -> String {
        let (word, remark) = match &self.verdict {
            Verdict::Passed => ("ok", ""),
            Verdict::Failed(reason) => ("failed", reason.as_str()),
            Verdict::Skipped(remedy) => ("skipped", *remedy),
        };
        let seconds = self.duration.as_secs_f32();
        let line = format!("    {word:8}{seconds:7.1} s  {:32}{remark}", self.title);
        line.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn failed_stage_is_in_the_report_and_does_not_end_the_run() {
        let mut report = Report::new(Arc::default());
        report.stage("first", || Err(anyhow!("it is broken")));
        report.stage("second", || Ok(()));
        let lines: Vec<String> = report.stages.iter().map(Stage::line).collect();
        assert!(lines[0].contains("failed") && lines[0].ends_with("it is broken"), "{lines:?}");
        assert!(lines[1].contains("ok"), "{lines:?}");
        assert_eq!(report.finish(), ExitCode::FAILURE);
    }

    #[test]
    fn skipped_stage_does_not_fail_the_run() {
        let mut report = Report::new(Arc::default());
        report.skip("dependencies", "install it");
        assert_eq!(report.finish(), ExitCode::SUCCESS);
    }

    #[test]
    fn tests_of_all_runners_are_added_up_even_when_one_fails() {
        let mut report = Report::new(Arc::default());
        report.count("one", &mut shell("echo '# pass 2'")).unwrap();
        report.count("two", &mut shell("echo '# pass 3'; echo '# fail 1'; exit 1")).unwrap();
        let tally = report.tally.unwrap();
        assert_eq!((tally.passed, tally.failed), (5, 1));
        assert_eq!(report.finish(), ExitCode::FAILURE);
    }

    #[test]
    fn nothing_starts_after_an_interrupt() {
        let mut report = Report::new(Arc::new(AtomicBool::new(true)));
        assert!(report.required("late", || Ok(())).is_err());
        assert!(report.count("later", &mut shell("true")).is_err());
        assert!(report.stages.is_empty());
        assert_eq!(report.finish(), ExitCode::FAILURE);
    }
}
