-- incident_id has no foreign key here and below: an incident names what it broke, and the two would form a circle.
CREATE TABLE authorizations (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    id TEXT NOT NULL,
    plugin_id TEXT NOT NULL,
    auth_method TEXT NOT NULL,
    subject TEXT,
    label TEXT NOT NULL,
    config TEXT NOT NULL,
    granted_scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT,
    authorized_at BIGINT NOT NULL,
    authorized_by TEXT,
    generation BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    token_issued_at BIGINT,
    access_expires_at BIGINT,
    reauthorize_at BIGINT,
    has_refresh_token BOOLEAN NOT NULL,
    suspicion TEXT,
    incident_id TEXT,
    lease_owner TEXT,
    lease_epoch BIGINT NOT NULL,
    lease_until BIGINT,
    intent_generation BIGINT,
    intent_at BIGINT,
    removed_at BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX authorizations_of_subject ON authorizations (workspace_id, plugin_id, auth_method, subject);
CREATE INDEX authorizations_intent ON authorizations (intent_at) WHERE intent_at IS NOT NULL;
CREATE INDEX authorizations_reauthorize ON authorizations (workspace_id, reauthorize_at) WHERE reauthorize_at IS NOT NULL;

CREATE TABLE connections (
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    authorization_id TEXT NOT NULL,
    plugin_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    account_label TEXT NOT NULL,
    account_kind TEXT,
    config TEXT NOT NULL,
    interval_ms BIGINT NOT NULL,
    backfill_from TEXT NOT NULL,
    state TEXT NOT NULL,
    incident_id TEXT,
    suspicion TEXT,
    delay_reason TEXT,
    delayed_since BIGINT,
    consecutive_failures BIGINT NOT NULL,
    next_due_at BIGINT,
    claimed_by TEXT,
    claim_epoch BIGINT NOT NULL,
    claimed_until BIGINT,
    connected_at BIGINT NOT NULL,
    connected_by TEXT,
    last_success_at BIGINT,
    last_run_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, client_id, plugin_id, account_id),
    FOREIGN KEY (workspace_id, client_id) REFERENCES clients (workspace_id, id),
    FOREIGN KEY (workspace_id, authorization_id) REFERENCES authorizations (workspace_id, id)
);
CREATE INDEX connections_of_authorization ON connections (workspace_id, authorization_id);
CREATE INDEX connections_due ON connections (next_due_at) WHERE state = 'active';
CREATE INDEX connections_claimed ON connections (claimed_by) WHERE claimed_by IS NOT NULL;

CREATE TABLE reconnections (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    id TEXT NOT NULL,
    authorization_id TEXT,
    plugin_id TEXT NOT NULL,
    auth_method TEXT NOT NULL,
    client_id TEXT,
    user_id TEXT NOT NULL,
    session_hash BLOB NOT NULL,
    state_hash BLOB NOT NULL,
    sealed BLOB NOT NULL,
    redirect_uri TEXT NOT NULL,
    return_to TEXT NOT NULL,
    status TEXT NOT NULL,
    outcome TEXT,
    message TEXT,
    result TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (state_hash),
    FOREIGN KEY (workspace_id, authorization_id) REFERENCES authorizations (workspace_id, id),
    FOREIGN KEY (workspace_id, client_id) REFERENCES clients (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id)
);
CREATE INDEX reconnections_of_authorization ON reconnections (workspace_id, authorization_id);
