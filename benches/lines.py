"""Every line a document: `lines.py jsonschema|fastjsonschema SCHEMA FILE`."""

import json
import sys
from collections.abc import Callable


def validity(module: str, schema: dict) -> Callable[[object], bool]:
    """Whether a document is valid, decided by one of the two libraries."""
    if module == "fastjsonschema":
        import fastjsonschema

        check = fastjsonschema.compile(schema)

        def is_valid(document: object) -> bool:
            try:
                check(document)
            except fastjsonschema.JsonSchemaValueException:
                return False
            return True

        return is_valid
    from jsonschema import validators

    return validators.validator_for(schema)(schema).is_valid


def main() -> int:
    module, schema_path, path = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        is_valid = validity(module, json.load(file))
    with open(path, "rb") as file:
        return 0 if all(is_valid(json.loads(line)) for line in file) else 1


if __name__ == "__main__":
    sys.exit(main())
