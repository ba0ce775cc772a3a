"""What a person can do something about."""


class ForecastError(Exception):
    """One line: what is wrong and what to do."""


class NoData(ForecastError):
    """The target's marts hold nothing: its source is not connected, which is no fault."""
