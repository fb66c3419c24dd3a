"""The city's pages about proposals under /verwaltung/antraege/, one file a subject."""
