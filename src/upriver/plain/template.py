"""A template written from a mapping: names of columns, and comments that say why and what is still missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from upriver.case.templates import read
from upriver.errors import SettingsError
from upriver.plain.mapped import FileMap, TableMap
from upriver.report.figures import visible

_HEAD = """\
# A template of Upriver: how tables with these headers are read. It holds names of columns and nothing of the evidence.
# It works from `templates/` beside case.toml, from the user's own folder of templates, or from the folder that
# case.toml names under [templates]. What case.toml tells goes before it.
"""
_EXAMPLES = {"time_zone": "Asia/Bangkok", "currency": "THB", "date_order": "dmy", "decimal": ",", "country": "TH"}
# A part of a statement is told as the field that it fills.
_PARTS = {"other": "target_account", "own": "source_account"}


def write(made: FileMap, target: Path) -> None:
    """Write the template of a file's tables to `target`.

    raises  SettingsError when `target` is there, or a table lacks what its form needs
    """
    if target.suffix != ".toml":
        raise SettingsError(f"--template {target}: name a file that ends in .toml")
    if target.exists():
        raise SettingsError(f"--template {target}: it is there already; remove it, or name another")
    tables = [table for table in made.tables if table.proposal.layout.form.name != "unknown" and table.header]
    if not tables:
        raise SettingsError(
            f"--template {target}: not written: no table of {made.path} has a header and a form; tell --form and --set"
        )
    for table in tables:
        lacking = [need.name for need in table.needs if need.name in table.proposal.missing]
        if lacking and not _statement(table):
            place = f" of {table.sheet}" if table.sheet else ""
            raise SettingsError(
                f"--template {target}: not written: no column{place} is known to tell {', '.join(lacking)}; "
                f"--set {lacking[0]}=COLUMN"
            )
    text = _HEAD + "".join("\n" + "\n".join(_lines(table)) + "\n" for table in tables)
    # `templates/` beside case.toml is made here the first time; its own folder must be there.
    if not target.parent.parent.is_dir():
        raise SettingsError(f"--template {target}: there is no folder {target.parent.parent}; make it, or name another")
    target.parent.mkdir(exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        read(part)  # what is written must be what is read
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def columns(table: TableMap) -> dict[str, str]:
    """Field -> column, as a template tells it."""
    told = {}
    for field, column in table.proposal.layout.columns().items():
        part = field.removeprefix("statement.")
        # Names of the two holders are given to the sides by each line of a statement: words alone tell them.
        if part not in ("own_name", "other_name"):
            told[_PARTS.get(part, part)] = column
    return told


def _statement(table: TableMap) -> bool:
    return table.proposal.layout.statement is not None


def _lines(table: TableMap) -> Iterator[str]:
    settings = table.proposal.settings
    why = {field: column.why for column in table.proposal.columns for field in column.fields}
    yield "[[table]]"
    yield "header = ["
    yield from (f"    {_quoted(name)}," for name in _trimmed(table.header))
    yield "]"
    yield f"form = {_quoted(table.proposal.layout.form.name)}"
    needs = {need.name: need.text for need in table.needs}
    for name in ("time_zone", "currency", "date_order", "decimal", "country"):
        value = getattr(settings, name)
        settled = table.guessed.get(name, "")[:3] if name == "date_order" else ""
        signs = {told[-1] for told in table.guessed.get("decimal", "").split("; ") if told}
        if value is not None:
            yield f"{name} = {_quoted(str(value))}"
        elif name in needs:
            yield f"# MISSING {name}: {_comment(needs[name].partition('; --')[0])}"
            yield f"# {name} = {_quoted(_EXAMPLES[name])}"
        elif settled in ("dmy", "mdy"):
            yield f"{name} = {_quoted(settled)}  # {_comment(table.guessed['date_order'].partition(' (')[0])}"
        elif name == "decimal" and len(signs) == 1:
            yield f"{name} = {_quoted(signs.pop())}  # settled by the values of the table it was made for"
    if settings.own_account is not None:
        yield "# The own account is evidence and stands in no template: tell own_account in case.toml."
    yield "[table.columns]"
    for field, column in columns(table).items():
        reason = why.get(field) or why.get(f"statement.{field}") or ""
        reason = reason or next((why[f"statement.{part}"] for part, name in _PARTS.items()
                                 if name == field and f"statement.{part}" in why), "")  # fmt: skip
        yield f"{field} = {_quoted(column)}{f'  # {_comment(reason)}' if reason else ''}"


def _trimmed(header: tuple[str, ...]) -> list[str]:
    cells = list(header)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _quoted(text: str) -> str:
    """A text of TOML: control characters and marks escaped."""
    body = "".join(
        {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(c)
        or (f"\\u{ord(c):04X}" if ord(c) < 32 or ord(c) == 127 else c)
        for c in text
    )
    return f'"{body}"'


def _comment(text: str) -> str:
    return visible(" ".join(text.split()))
