"""The console's pages for composing workflows: the list, the composer, testing, publishing."""
