"""A shim for both roles of gurux-dlms; see docs/interop.md."""


def accessors(self, name):
    """Shim: the package calls getName(), isName() and setName(value) where it has attributes."""
    for prefix in ("get", "is", "set"):
        field = name[len(prefix) : len(prefix) + 1].lower() + name[len(prefix) + 1 :]
        if not name.startswith(prefix) or field not in vars(self):
            continue
        if prefix == "set":
            return lambda value: setattr(self, field, value)
        return lambda: vars(self)[field]
    raise AttributeError(name)
