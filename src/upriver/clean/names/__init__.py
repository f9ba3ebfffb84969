"""Names of people and companies, compared across scripts: is this the same name, and how much would it say?

A comparison tells how likely two spellings are one *name*; that one name is one person is never concluded here.
"""

from upriver.clean.names.compare import NameComparison, compare_names, compare_read
from upriver.clean.names.rarity import Rarity
from upriver.clean.names.read import Name, latin_spellings, name_keys, read_name, word_keys
from upriver.clean.names.words import Kind, plain_text

__all__ = [
    "Kind", "Name", "NameComparison", "Rarity", "compare_names", "compare_read", "latin_spellings", "name_keys",
    "plain_text", "read_name", "word_keys",
]  # fmt: skip
