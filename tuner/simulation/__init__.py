"""Floor 3: plans as arrays, the call into the kernel, and what a run did in words."""
