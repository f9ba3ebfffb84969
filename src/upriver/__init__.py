"""Upriver: an open investigation engine for cyberscam syndicates."""

__version__ = "0.1.0"
