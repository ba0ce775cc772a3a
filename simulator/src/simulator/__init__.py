"""Hexawatt's simulator: one seeded model of France behind the dialects of the real APIs."""
