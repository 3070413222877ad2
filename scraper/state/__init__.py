"""What runs remember: which entries were seen, which were delivered, and how runs went."""

from scraper.state.base import Entry, HeldError, Memo, StateError, Store
from scraper.state.changes import Change, ChangesFile
from scraper.state.memory import Delivery, Memory, deliver_all
from scraper.state.opening import evidence_root, is_database, open_store, outbox_list
from scraper.state.sqlite import STATE, SqliteStore, make_folder

__all__ = [
    "STATE",
    "Change",
    "ChangesFile",
    "Delivery",
    "Entry",
    "HeldError",
    "Memo",
    "Memory",
    "SqliteStore",
    "StateError",
    "Store",
    "deliver_all",
    "evidence_root",
    "is_database",
    "make_folder",
    "open_store",
    "outbox_list",
]
