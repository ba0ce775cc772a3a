"""The model of France: pure functions of (seed, instant), without clock, network or state."""
