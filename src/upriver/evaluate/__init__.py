"""Scores a simulated case against its planted truth. No stage may read truth; nothing here is read by a stage."""
