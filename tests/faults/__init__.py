"""A server on loopback that does everything wrong, one fault for each path."""

from faults.server import FaultServer, Request

__all__ = ["FaultServer", "Request"]
