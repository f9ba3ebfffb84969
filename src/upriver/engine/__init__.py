"""Runs SQL and keeps tables; knows no crime."""
