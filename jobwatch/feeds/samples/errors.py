"""How sample jobs fail: messages in HarperDB's words.

Each takes the body of the failed job and its table, and may change the body, so that the request
shows what was wrong with it.
"""

from __future__ import annotations

from jobwatch.feeds.samples.tables import HOST, Body, Table, search
from jobwatch.model.job import Json

__all__ = ["OF_EXPORTS", "OF_URLS", "bad_column", "no_s3", "no_table", "not_allowed"]


def not_allowed(body: Body, table: Table) -> Json:
    """Return the answer to a user whose role may not do this."""
    verb = "read" if "search_operation" in body else "insert"
    attribute = table.header.split(",")[1]
    return {
        "error": "This operation is not authorized due to role restrictions"
        " and/or invalid database items",
        "unauthorized_access": [
            {
                "schema": table.schema,
                "table": table.name,
                "required_table_permissions": [verb],
                "required_attribute_permissions": [
                    {"attribute_name": attribute, "required_permissions": [verb]}
                ],
            }
        ],
        "invalid_schema_items": [],
    }


def no_table(body: Body, table: Table) -> str:
    """Ask for a table that was dropped."""
    name = f"{table.name}_old"
    if "search_operation" in body:
        body["search_operation"] = search(table.schema, name)
    else:
        body["table"] = name
    return f"Table '{table.schema}.{name}' does not exist"


def bad_column(body: Body, table: Table) -> str:
    """Put a slash into the name of a column."""
    column = f"{table.header.split(',')[1]}/{table.name}"
    if "data" in body:
        body["data"] = body["data"].replace(table.header.split(",")[1], column, 1)
    return f"Invalid column name '{column}', cancelling load operation"


def refused(body: Body, _: Table) -> str:
    """Ask a server that does not listen."""
    body["csv_url"] = body["csv_url"].replace(HOST, "http://127.0.0.1:1")
    return "connect ECONNREFUSED 127.0.0.1:1"


def not_found(body: Body, _: Table) -> str:
    """Find no file at the URL."""
    return f"CSV Load failed from URL: {body['csv_url']}, status code: 404, message: File not found"


def server_error(body: Body, _: Table) -> str:
    """Find a server that fails."""
    return (
        f"CSV Load failed from URL: {body['csv_url']}, status code: 500,"
        " message: Internal Server Error"
    )


def not_csv(body: Body, _: Table) -> str:
    """Ask for a page instead of its CSV."""
    body["csv_url"] = body["csv_url"].removesuffix(".csv")
    return f"CSV Load failed from URL: {body['csv_url']}, unsupported content type: text/html"


def no_s3(body: Body, _: Table) -> str:
    """Find no way to the bucket."""
    return f"getaddrinfo ENOTFOUND s3.{body['s3']['region']}.amazonaws.com"


def no_path(body: Body, _: Table) -> str:
    """Ask for a folder that is not there."""
    body["path"] = "/mnt/archive"
    return "path '/mnt/archive' does not exist"


def bad_format(body: Body, _: Table) -> str:
    """Ask for a format that there is not."""
    body["format"] = "xml"
    return "format invalid. must be one of the following values: json, csv"


OF_URLS = (refused, not_found, server_error, not_csv, bad_column)
OF_EXPORTS = (no_path, no_table, bad_format)
