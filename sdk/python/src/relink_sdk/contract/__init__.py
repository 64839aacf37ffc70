"""The contract between Relink and a plugin, as Python types: dataclasses and enums.

Nothing here decides anything. `relink_sdk.boundary` turns these types into those of the component,
and `wit/` holds the contract itself.
"""
