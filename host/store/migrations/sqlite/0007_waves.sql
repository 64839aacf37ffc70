-- What a plugin said last of each authorization that it called broken, until a fetch or a person proves that it
-- is not. held_since is empty unless nobody was told because too many were called broken at once.
CREATE TABLE breakages (
    workspace_id TEXT NOT NULL,
    authorization_id TEXT NOT NULL,
    plugin_id TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    held_since BIGINT,
    is_released BOOLEAN NOT NULL,
    PRIMARY KEY (workspace_id, authorization_id),
    FOREIGN KEY (workspace_id, authorization_id) REFERENCES authorizations (workspace_id, id)
);
CREATE INDEX breakages_of_plugin ON breakages (plugin_id, seen_at);

-- One row for each plugin that ever had a breakage to judge: a plugin serves every workspace of the host. The
-- row is also the lock under which breakages of the plugin are counted. digest is the version that is doubted.
CREATE TABLE waves (
    plugin_id TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    opened_at BIGINT,
    believed_until BIGINT,
    next_probe_at BIGINT NOT NULL
);
CREATE INDEX connections_proven ON connections (plugin_id, last_success_at);
CREATE INDEX connections_held_back ON connections (plugin_id, next_due_at) WHERE delay_reason = 'held-back';
