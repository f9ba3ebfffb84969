"""A case handed on: a signed folder for one recipient, and how a recipient checks it."""
