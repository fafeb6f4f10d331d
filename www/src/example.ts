// What the page shows at first: a schema, and a document with mistakes that are worth seeing.

export const SCHEMA = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "http": {
      "type": "object",
      "properties": {
        "port": { "type": "integer", "minimum": 1, "maximum": 65535 },
        "timeout_ms": { "type": "integer", "minimum": 0 },
        "tls": { "type": "boolean" }
      },
      "required": ["port"],
      "additionalProperties": false
    },
    "plan": { "enum": ["free", "team", "pro"] }
  },
  "required": ["http"]
}
`;

export const DOCUMENT = `# Settings of the billing service
http:
  port: "80"
  timout_ms: 2500
plan: por
`;
