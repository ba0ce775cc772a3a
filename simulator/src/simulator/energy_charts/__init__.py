"""The dialect of Energy-Charts."""
