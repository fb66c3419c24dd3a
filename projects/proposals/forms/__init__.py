"""Forms of those who write proposals, one file a subject."""
