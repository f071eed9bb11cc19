ALTER TABLE traces ADD COLUMN origin TEXT;
ALTER TABLE no_such_table ADD COLUMN origin TEXT;
