"""Sheets for interviews by trained staff: what is told of one person, and what is still open. Never a finding."""
