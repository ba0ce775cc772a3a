"""Short-term forecasts from the marts, written back as raw tables and honest about their skill."""

import os

# Trees are grown by several threads that meet after each step. Waiting busily, as is the default, they hinder each
# other on a machine that does other things too. Has to be said before the library is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
