"""Words that the engines spell differently, and types by engine.

Upriver's SQL is DuckDB's, in its plain part; sqlglot rewrites it for Spark.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from upriver.engine import packed
from upriver.errors import EngineError
from upriver.model.columns import Column, Table

if TYPE_CHECKING:
    from sqlglot import exp

_MOST_DIGITS = 38  # of a decimal, on both engines
DUCKDB_TYPES = {
    "text": "VARCHAR", "text[]": "VARCHAR[]", "int": "BIGINT", "float": "DOUBLE", "bool": "BOOLEAN",
    "time": "TIMESTAMP", "date": "DATE",
}  # fmt: skip


@lru_cache(maxsize=512)
def to_spark(select: str) -> str:
    """`select` in Spark's words.

    raises  EngineError when it is not one statement that can be read
    """
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(select, read="duckdb")
    except SqlglotError as error:
        raise EngineError(f"this SQL cannot be read: {error}\n{select}") from error
    # A place that a list lacks is null in DuckDB and an error in Spark, whose `get` gives null.
    tree = tree.transform(
        lambda node: (
            exp.func("get", node.this, *node.expressions, dialect="spark") if isinstance(node, exp.Bracket) else node
        )
    )
    return str(tree.transform(_rounded).sql(dialect="spark"))


def _rounded(node: exp.Expression) -> exp.Expression:
    """A cast to decimals that rounds as DuckDB does.

    DuckDB multiplies and rounds what comes out; Spark rounds the number as it is written. Where the seventh decimal is
    a 5, one of some thousand sums of USD would differ by a millionth.
    """
    from sqlglot import exp

    if not isinstance(node, exp.Cast) or not node.to.is_type(exp.DataType.Type.DECIMAL):
        return node
    digits = [int(one.name) for one in node.to.expressions]
    if len(digits) < 2 or not digits[1]:
        return node
    scale = digits[1]
    times = exp.cast(exp.Literal.number(10**scale), "double")
    # As many whole digits as leave Spark's product no digits to drop.
    whole = exp.cast(
        exp.func("round", exp.Mul(this=exp.Paren(this=node.this.copy()), expression=times)),
        f"decimal({_MOST_DIGITS - scale - 2}, 0)",
    )
    unit = exp.cast(exp.Literal.string(f"0.{1:0{scale}d}"), f"decimal({scale + 1}, {scale})")
    return exp.cast(exp.Mul(this=whole, expression=unit), str(node.to))


@lru_cache(maxsize=512)
def tables_in(select: str) -> frozenset[str]:
    """Names of the tables that `select` reads; its own WITH names left out."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(select, read="duckdb")
    except SqlglotError as error:
        raise EngineError(f"this SQL cannot be read: {error}\n{select}") from error
    own = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    return frozenset(node.name for node in tree.find_all(exp.Table) if node.name not in own)


def create_sql(table: Table) -> str:
    """CREATE TABLE for DuckDB. Keys are checked after a stage, not by an index: indexes slow bulk writes."""
    columns = ", ".join(f'"{c.name}" {DUCKDB_TYPES[c.type]}{"" if c.optional else " NOT NULL"}' for c in table.columns)
    return f'CREATE OR REPLACE TABLE "{table.name}" ({columns})'


def row_text(column: Column) -> str:
    """SQL for a column's value as text, with null told from empty."""
    quoted = f'"{column.name}"'
    if column.type == "text[]":
        text = f"array_to_string({quoted}, chr(29))"
    elif column.type == "float":
        # Engines write 1e-05 and 1.0E-5: the whole part and 52 bits of the rest are the same integers on each.
        text = (
            f"CASE WHEN abs({quoted}) < 9e18 THEN concat_ws('.', cast(cast(floor({quoted}) AS bigint) AS text), "
            f"cast(cast(floor(({quoted} - floor({quoted})) * 4503599627370496) AS bigint) AS text)) "
            f"ELSE lower(substr(cast({quoted} AS text), 1, 3)) END"
        )
    else:
        text = f"cast({quoted} as text)"
    return f"coalesce({text}, chr(30))"


def digest_sql(
    table: Table, hex_number: str = "CAST('0x' || {} AS BIGINT)", kept: bool = False, where: str = "true"
) -> str:
    """SQL for the number of rows and a sum of md5 over them: equal rows in any order give an equal sum.

    hex_number  how the engine reads 15 hexadecimal digits as a number: DuckDB's way unless told
    kept        read `record` where the local engine keeps it
    where       of which rows: all unless told
    """
    name = table.name
    if name == packed.NAME:
        text = packed.digest_text(kept)
        name = packed.KEPT if kept else name
    else:
        text = "concat_ws(chr(31), " + ", ".join(row_text(column) for column in table.columns) + ")"
    number = hex_number.format(f"substr(md5({text}), 1, 15)")
    return (
        f"SELECT count(*) AS n_rows, cast(coalesce(sum(cast({number} AS decimal(38, 0))), 0) AS text) AS digest "
        f'FROM "{name}" WHERE {where}'
    )
