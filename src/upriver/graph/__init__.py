"""Kernels over edge arrays: codes and numbers in, scores out. No tables, no engine, no crime."""
