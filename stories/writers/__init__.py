"""Writers: a book in each format that it can have. What they are given is light Markdown; none of it is ever obeyed.

Markdown, text, a web page and JSON Lines are written here; EPUB, Word, OpenDocument and LaTeX by way of pandoc (the
extra ``books``), which is given a tree and no text to read; PDF by way of the web page.
"""
