-- Who operates the host: installs plugins for every workspace. Until now each owner and admin could; from
-- now on it is the person who set the host up, and whom that person names.
ALTER TABLE users ADD COLUMN is_operator BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE users SET is_operator = TRUE WHERE role = 'owner' AND deactivated_at IS NULL
    AND created_at = (SELECT MIN(created_at) FROM users WHERE role = 'owner' AND deactivated_at IS NULL);
