"""Records what the official schema says of each document of the corpus.

Not a test: run it where the schema file lies, after a document was added, and commit verdicts.json.

    python tests/unit/sandbox/record_verdicts.py path/to/api.xsd
"""

import json
import pathlib
import sys

import xmlschema

HERE = pathlib.Path(__file__).parent


def accepts(schema: xmlschema.XMLSchema, document: str) -> bool:
    """Return whether the schema allows the document; what is not well-formed it does not."""
    try:
        return not any(True for _ in schema.iter_errors(document))
    except xmlschema.XMLResourceError:
        return False


def main() -> None:
    """Write verdicts.json anew."""
    schema = xmlschema.XMLSchema(sys.argv[1], validation="lax")
    found = {
        path.stem: "accepted" if accepts(schema, path.read_text(encoding="utf-8")) else "refused"
        for path in sorted((HERE / "corpus").glob("*.xml"))
    }
    text = json.dumps(found, indent=1) + "\n"
    (HERE / "verdicts.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
