"""The newest shape of the database: that of the last migration."""

from importlib.resources import files

_VERSIONS = files("nhipcau.storage") / "migrations" / "versions"
HEAD = max(one.name[1:5] for one in _VERSIONS.iterdir() if one.name.startswith("m0"))
