"""Tests of the link stage."""
