-- What another source lists under another address is looked up by its date.
CREATE INDEX article_by_time ON article (sort_at);
