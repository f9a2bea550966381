"""How many decimals an amount has in each currency (ISO 4217)."""

from __future__ import annotations

_WHOLE = (
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"),
    *("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
)
_MINOR_UNITS = {
    **dict.fromkeys(_WHOLE, 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_USUAL = 2


def minor_units(currency: str) -> int:
    """Return the decimals of a currency's amounts; those that are not known have two."""
    return _MINOR_UNITS.get(currency.upper(), _USUAL)
