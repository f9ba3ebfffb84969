"""Measurements side by side with a peer in one process; figures are quoted as ratios in docs/benchmarks.md."""
