-- JSON of the settings that a person gave before the browser was sent to the provider.
ALTER TABLE reconnections ADD COLUMN config TEXT NOT NULL DEFAULT '{}';
