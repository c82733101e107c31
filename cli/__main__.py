"""``python -m recurrentgpt.cli``."""

from .main import main

main()
