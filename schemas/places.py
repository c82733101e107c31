"""The folders of a library and the files in a story's folder, by name."""

STORIES = "stories"
"""The folder with a folder for each story."""

CARD = "story.json"
"""What a list shows of the story."""

KEPT_CARD = "story.kept.json"
"""The card once more, as it was when anything changed that only a card knows: for when the card is lost."""

LAST_STATE = "head.json"
"""The state after the last finished step."""

CHECKPOINTS = "checkpoints.sqlite"
"""Every step of every branch, where no database is named."""

ARCHIVE = ".json"
"""The end of the name of a file that holds a whole story, memory included."""

SEALED = ".play"
"""The end of the name of a file that holds a play of a pack, to be played on without reading its secrets."""

MEMORY = "memory"
"""The folder of the long-term memory, where no Qdrant server is named."""

ARRIVING = "arriving"
"""A file in the folder of a story that is being put back: until it is, the folder is no story."""

UNDER_WAY = "under_way.json"
"""What is being done to a story while its process runs; a copy of the folder does not go on with it."""

DRAFTS = "drafts.json"
"""What was typed on a page and not sent yet; a copy of the folder, and a file of the story, are without it."""

DRAFTS_LOCK = "drafts.lock"
"""What one process holds while it writes that file."""

TRASH = "trash"
"""The folder of what was deleted, until it is emptied."""

LOST_AND_FOUND = "lost+found"
"""The folder beside a data folder's stories for what a repair took out of them."""

BACKUPS = "backups"
"""The folder of the copies of stories that are kept by itself, before much of one is rewritten."""

UNSAVED = "unsaved"
"""The folder of what a person wrote in their editor and what was refused then, a file each."""

KNOWN = "known"
"""The folder of a library's own record of which settings act in it, a file a story."""

LOCK = "lock"
"""What one process holds while it has a story open."""

HOLDER = "holder.json"
"""Which process that is: beside the lock, for the others."""
