"""Findings with their records, the dossier, exports: what people read, with victims and presumed victims masked."""
