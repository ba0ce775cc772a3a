"""The dialect of Opendatasoft."""
