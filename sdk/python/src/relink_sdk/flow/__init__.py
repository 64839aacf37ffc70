"""What an operation does, as a value; the SDK runs it and keeps its state."""
