"""From a failure to a diagnosis: the provider's own rules first, then what OAuth 2 and HTTP say.

Everything here is total: it never raises, whatever the bytes.
"""
