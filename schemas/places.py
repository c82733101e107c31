"""The folders of a library and the files in a story's folder, by name."""

STORIES = "stories"
"""The folder with a folder for each story."""

CARD = "story.json"
"""What a list shows of the story."""

SNAPSHOT = "head.json"
"""The state after the last finished step."""

CHECKPOINTS = "checkpoints.sqlite"
"""Every step of every branch, where no database is named."""

MEMORY = "memory"
"""The folder of the long-term memory, where no Qdrant server is named."""
