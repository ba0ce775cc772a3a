"""The dialect of the RTE Data API: OAuth, Paris days, envelopes, publication rules, clock-change faults."""
