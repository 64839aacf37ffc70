"""The contract between Relink and a plugin, as Python types: records are dataclasses, enums are enums.

Nothing here decides anything. `relink_sdk.boundary` turns these types into those of the component,
and `wit/` holds the contract itself.
"""
