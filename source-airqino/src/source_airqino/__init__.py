"""Airbyte source."""
