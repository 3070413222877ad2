"""A page that shows, to a person, why another page gives the records that it gives."""

from __future__ import annotations

from scraper.inspecting.report import Inspection, inspect_page, make_report

__all__ = ["Inspection", "inspect_page", "make_report"]
