"""Parameters of the evidence stage."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from upriver.errors import SettingsError


@dataclass(frozen=True, slots=True)
class EvidenceParams:
    """Limits that keep memory bounded.

    max_cell_bytes  a cell of a delimited file; a row with a longer one is broken
    max_text_bytes  a text, page, chat, JSON document or workbook, which are read whole; a larger one is rejected
    block_bytes     a delimited file is read in blocks of this size
    max_members     files in one archive
    max_unpacked_bytes  that may come out of one archive, all files together; one lies unpacked at a time
    max_ratio       bytes that may come out of an archive for each of its own, once it is no small one
    plain_bytes     a delimited file of this size or more is cut by a compiled kernel where it is plain

    raises  SettingsError when one of them is below 1
    """

    max_cell_bytes: int = 8 << 20
    max_text_bytes: int = 512 << 20
    block_bytes: int = 8 << 20
    max_members: int = 10_000
    max_unpacked_bytes: int = 16 << 30
    max_ratio: int = 250
    plain_bytes: int = 16 << 20

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value < 1:
                raise SettingsError(f"case.toml [parameters.evidence] {name}: {value}; allowed: 1 or more")
