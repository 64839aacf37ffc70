-- A window in flight, so that a sync goes on after a restart. since and until are '' for a dataset without days.
CREATE TABLE slices (
    workspace_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    dataset TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    plugin_version TEXT NOT NULL,
    plugin_state BYTEA NOT NULL,
    pending TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection_id, dataset, since),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id)
);

-- The ledger of days. day is '' for a dataset that is fetched as a whole.
CREATE TABLE coverage (
    workspace_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    dataset TEXT NOT NULL,
    day TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    fetched_at BIGINT NOT NULL,
    lost BOOLEAN NOT NULL,
    PRIMARY KEY (workspace_id, connection_id, dataset, day),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id)
);

CREATE TABLE records (
    workspace_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    dataset TEXT NOT NULL,
    record_key TEXT NOT NULL,
    day TEXT,
    data TEXT NOT NULL,
    fetched_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection_id, dataset, record_key),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id)
);
CREATE INDEX records_of_day ON records (workspace_id, connection_id, dataset, day);

CREATE TABLE runs (
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    code TEXT,
    row_count BIGINT NOT NULL,
    message TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id)
);
CREATE INDEX runs_of_connection ON runs (workspace_id, connection_id, id);
