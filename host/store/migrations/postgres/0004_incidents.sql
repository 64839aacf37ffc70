CREATE TABLE incidents (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    id TEXT NOT NULL,
    scope TEXT NOT NULL,
    plugin_id TEXT NOT NULL,
    authorization_id TEXT,
    connection_id TEXT,
    reason TEXT NOT NULL,
    code TEXT NOT NULL,
    cause TEXT,
    certainty TEXT NOT NULL,
    actor TEXT NOT NULL,
    remedy TEXT NOT NULL,
    message TEXT NOT NULL,
    help_url TEXT,
    provider_answer TEXT,
    opened_at BIGINT NOT NULL,
    resolved_at BIGINT,
    resolution TEXT,
    resolved_by TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, authorization_id) REFERENCES authorizations (workspace_id, id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES connections (workspace_id, id)
);
-- However many runs fail at the same time, there is one open incident for what they found broken.
CREATE UNIQUE INDEX incidents_open_of_authorization ON incidents (workspace_id, authorization_id)
    WHERE scope = 'authorization' AND resolved_at IS NULL;
CREATE UNIQUE INDEX incidents_open_of_connection ON incidents (workspace_id, connection_id)
    WHERE scope = 'connection' AND resolved_at IS NULL;
CREATE UNIQUE INDEX incidents_open_of_app ON incidents (workspace_id, plugin_id)
    WHERE scope = 'app' AND resolved_at IS NULL;

CREATE TABLE notices (
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, incident_id, user_id),
    FOREIGN KEY (workspace_id, incident_id) REFERENCES incidents (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id)
);
CREATE INDEX notices_of_user ON notices (workspace_id, user_id, id);

-- next_attempt_at is empty once a message is delivered, cancelled or given up.
CREATE TABLE outbox (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    dedupe_key TEXT NOT NULL,
    incident_id TEXT,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    next_attempt_at BIGINT,
    attempts BIGINT NOT NULL,
    claimed_until BIGINT,
    delivered_at BIGINT,
    last_error TEXT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, dedupe_key),
    FOREIGN KEY (workspace_id, incident_id) REFERENCES incidents (workspace_id, id)
);
CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX outbox_of_incident ON outbox (workspace_id, incident_id) WHERE incident_id IS NOT NULL;
