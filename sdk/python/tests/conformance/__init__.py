"""Runs the cases in `sdk/conformance`, which say what every SDK must do alike."""
