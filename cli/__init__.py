"""The ``kehutu`` command."""
