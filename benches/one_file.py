"""One document, as a team's own script checks it: `one_file.py SCHEMA DOCUMENT`."""

import json
import sys

from jsonschema import validators


def main() -> int:
    schema_path, document_path = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    with open(document_path, encoding="utf-8") as file:
        document = json.load(file)
    validator = validators.validator_for(schema)(schema)
    return 0 if validator.is_valid(document) else 1


if __name__ == "__main__":
    sys.exit(main())
