"""The page: a place to write and to play in a browser. A face of ``stories``, as the command line is."""
