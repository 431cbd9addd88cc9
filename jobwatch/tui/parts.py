"""Widgets: the parts of the monitor that show the log."""

from __future__ import annotations

from typing import NamedTuple

from jobwatch.tui.widgets.job_detail import JobDetail
from jobwatch.tui.widgets.job_table import JobTable
from jobwatch.tui.widgets.kind_list import KindList
from jobwatch.tui.widgets.node_bar import NodeBar
from jobwatch.tui.widgets.query_line import QueryLine
from jobwatch.tui.widgets.status_bar import StatusBar
from jobwatch.tui.widgets.summary import Summary
from jobwatch.tui.widgets.view_tabs import ViewTabs

__all__ = ["Widgets"]


class Widgets(NamedTuple):
    """The widgets that show the log."""

    status: StatusBar
    nodes: NodeBar
    tabs: ViewTabs
    summary: Summary
    line: QueryLine
    table: JobTable
    kinds: KindList
    detail: JobDetail
