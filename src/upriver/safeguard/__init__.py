"""Who must be protected first: signs of trafficking, quoted, and a screening that never clears anybody."""
