"""The crackdown: tellings reconciled into happenings, what they reached, what they left open."""
