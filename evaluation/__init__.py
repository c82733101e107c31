"""Evidence: what the memory recalls, measured on data of the project's own (see ``data/README.md``)."""
