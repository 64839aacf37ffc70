-- What providers sent by themselves, and proved. A row stays for a while after its message was worked on,
-- without the message, so that the same one is not worked on again.
CREATE TABLE inbound_messages (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    id TEXT NOT NULL,
    plugin_id TEXT NOT NULL,
    digest BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    received_at BIGINT NOT NULL,
    next_attempt_at BIGINT,
    attempts BIGINT NOT NULL,
    claimed_until BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, plugin_id, digest)
);
CREATE INDEX inbound_messages_due ON inbound_messages (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX inbound_messages_done ON inbound_messages (received_at) WHERE next_attempt_at IS NULL;
CREATE INDEX connections_of_account ON connections (workspace_id, plugin_id, account_id);
