"""Runs Hexawatt's connections on one machine, through the Airbyte protocol."""
