"""A night: every service of a folder tuned, one after another, and a summary for people."""
