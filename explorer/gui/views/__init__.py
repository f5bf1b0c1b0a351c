"""The views: each draws a snapshot, and nothing else."""
