"""Hexawatt on one machine: processes, pipeline, publishing and status."""
