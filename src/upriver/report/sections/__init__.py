"""One module for each section of the findings: each reads facts and makes claims."""
