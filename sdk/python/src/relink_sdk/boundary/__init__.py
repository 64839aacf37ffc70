"""The border between this SDK's types and those that `componentize-py` makes of the contract.

The generated module is an argument, since it exists only while a component is built: `types` is
`wit_world.imports.types`. Its variants have a class per case (`Next_Send`), whose only field is
`value`. Nothing here decides anything.
"""
