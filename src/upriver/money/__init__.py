"""Where the money went: flows between accounts, traces from victims' payments, losses, typologies."""
