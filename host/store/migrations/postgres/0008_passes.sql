-- When the walk over everything that a connection has began, while it lasts longer than a run.
ALTER TABLE connections ADD COLUMN pass_started_at BIGINT;
