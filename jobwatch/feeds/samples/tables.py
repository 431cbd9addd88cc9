"""The tables that sample jobs work on."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

__all__ = ["HOST", "TABLES", "Body", "Table", "search"]

Body: TypeAlias = dict[str, Any]
"""What a job was asked to do, as its `job_body` tells it."""

HOST = "https://files.example.com"


class Table(NamedTuple):
    """A table that jobs work on; `lines` are CSV without the id, which comes first."""

    schema: str
    name: str
    header: str
    lines: tuple[str, ...]


TABLES = (
    Table("dev", "breed", "id,name,country", ("Labrador,Canada", "Poodle,France", "Akita,Japan")),
    Table("dev", "dog", "id,dog_name,age,breed_id", ("Penny,7,154", "Harper,5,346", "Kato,6,351")),
    Table("sales", "orders", "id,customer,total", ("1187,49.90", "2030,12.00", "1466,310.75")),
    Table("sales", "customers", "id,name,city", ("Maya,Zürich", "Tomas,Brno", "Ines,Porto")),
    Table("web", "visits", "id,path,took", ("/,12", "/pricing,31", "/docs/start,18")),
    Table("plant", "sensors", "id,site,reading", ("north,21.4", "south,19.8", "roof,-3.5")),
    Table("shop", "stock", "id,sku,quantity", ("A-1007,40", "A-1010,0", "C-0031,12")),
)


def search(schema: str, table: str) -> Body:
    """Return the search that finds a whole table."""
    return {
        "operation": "search_by_value",
        "schema": schema,
        "table": table,
        "search_attribute": "id",
        "search_value": "*",
        "get_attributes": ["*"],
    }
