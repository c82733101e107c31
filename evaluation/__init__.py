"""Evidence: what the memory recalls, and the paper's comparison; on data of the project's own (``data/README.md``)."""
