"""Who organises: marks of control, never volume, with reasons and an interval of rank."""
