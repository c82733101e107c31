"""The library: stories in a data folder, each a folder of its own with its checkpoints and its memory.

``library`` finds and begins them, ``story`` runs one, ``export`` makes a book of one.
"""
