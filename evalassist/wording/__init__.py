"""How the note reads, whatever it stands on: the sentences and rows that paper and plain text share."""
