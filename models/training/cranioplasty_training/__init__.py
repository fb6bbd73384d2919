"""Training and export of the skull reconstruction models (research use only)."""

import os
import time

# Threads that wait must not spin: beside another job a step takes ten times as long. Torch reads this once.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# When the command began; Torch takes seconds to load.
BORN = time.monotonic()
