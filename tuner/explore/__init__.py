"""What the exploring page asks of a finished job: the cloud, answers at any cliff, any plan."""

from __future__ import annotations
