"""The pages of a PDF as text: a program of its own, because what a file costs can be bounded from outside alone.

It is started as a file, with the PDF and a limit of pages; it writes a page a line, as JSON.
"""

from __future__ import annotations

import json
import sys
import warnings


def main(path: str, most: int) -> int:
    """Write each page's text; 3: it is locked with a password."""
    with warnings.catch_warnings():
        # The package announces its end on import; what it is needed for here has no successor yet.
        warnings.simplefilter("ignore")
        from langchain_community.document_loaders.pdf import PyPDFium2Loader  # noqa: PLC0415 (heavy, seldom needed)
    try:
        for number, page in enumerate(PyPDFium2Loader(path).lazy_load()):
            if number >= most:
                return 4
            said = {
                "text": page.page_content,
                "title": page.metadata.get("title", ""),
                "of": page.metadata.get("total_pages", 0),
            }
            sys.stdout.write(json.dumps({**said, "author": page.metadata.get("author", "")}) + "\n")
    except Exception as error:  # noqa: BLE001 (whatever a parser raises for a file that is none)
        sys.stderr.write(f"{error}\n")
        return 3 if "password" in str(error).lower() else 5
    return 0


if __name__ == "__main__":
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[3]) * 2**20,) * 2)
    except (ImportError, ValueError, OSError):
        pass  # no such bound on this system; there is one of time
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
