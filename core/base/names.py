"""How a name of ours is spelled for clients."""


def camel(name: str) -> str:
    """`price_per_video` as `pricePerVideo`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
