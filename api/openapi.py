"""Puts the envelope, the errors and the examples around the OpenAPI document. Views and shapes know nothing of it."""

from collections.abc import Iterator
from typing import Any

from api.codes import CODES, reasons
from api.errors import camel

METHODS = ("get", "post", "put", "patch", "delete")
BODY_METHODS = ("post", "put", "patch", "delete")
JSON = "application/json"
DOCUMENT = "/api/schema"
REQUEST_ID = "4f1c2a90-6f0e-4c7b-9a53-0d2f5b1e7c11"
EXAMPLES = {
    "uuid": "0192d5a4-7c31-7e02-9b1f-5a6c0f8e2d41",
    "date-time": "2026-03-01T12:00:00.123456+00:00",
    "date": "2026-03-01",
    "email": "brand@example.com",
    "uri": "https://example.com/video",
}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every (path, method, operation) of the document."""
    for where, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield where, method, item[method]


def put_envelope(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular's hook: the document describes what is really sent."""
    components = result.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas |= error_schemas()
    for name, schema in schemas.items():
        if name.endswith("OrPreview"):  # an answer all of whose fields may be missing looks like any other
            schema["anyOf"] = schema.pop("oneOf")
    components["responses"] = {f"Error{status}": error_response(status) for status in sorted({code.status for code in CODES.values()})}
    components["headers"] = {
        "RequestId": {"schema": {"type": "string"}, "description": "Equal to `requestId` of the body."},
        "Tag": {"schema": {"type": "string"}, "description": "To be sent as If-None-Match when asking again."},
    }
    for where, method, operation in operations(result):
        wrap_success(operation, schemas, bare=where == DOCUMENT)
        close_request(operation, schemas)
        show_request(operation, schemas)
        add_errors(operation, errors_of(where, method, operation))
    return result


def error_schemas() -> dict[str, Any]:
    """The shape of every failure."""
    details = {
        "type": "object",
        "additionalProperties": True,
        "properties": {
            "code": {"type": "string", "description": "The finer reason, stable."},
            "formErrors": {"type": "array", "items": {"type": "string"}},
            "fieldErrors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
            "retryAfterSec": {"type": "integer"},
        },
    }
    error = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "string", "enum": sorted(CODES)},
            "message": {"type": "string", "description": "For people, in Russian or English."},
            "details": details,
        },
    }
    envelope = {
        "type": "object",
        "required": ["ok", "error", "requestId"],
        "properties": {
            "ok": {"type": "boolean", "const": False},
            "error": {"$ref": "#/components/schemas/Error"},
            "requestId": {"type": "string"},
        },
    }
    return {"Error": error, "ErrorEnvelope": envelope}


def error_response(status: int, reasons_shown: list[str] | None = None) -> dict[str, Any]:
    """The response of this status, with one example per code, or per reason that the action names."""
    examples = {}
    for code, meaning in CODES.items():
        if meaning.status == status and not reasons_shown:
            examples[code] = {"value": failure(code, str(meaning.text), example_details(code))}
    for reason in reasons_shown or []:
        refusal = reasons()[reason]
        message = str(refusal.message)
        examples[reason] = {"value": failure(refusal.code, message, {"code": reason})}
    content = {JSON: {"schema": {"$ref": "#/components/schemas/ErrorEnvelope"}, "examples": examples}}
    named = ", ".join(reasons_shown or [code for code, meaning in CODES.items() if meaning.status == status])
    return {"description": named, "content": content, "headers": headers()}


def example_details(code: str) -> dict[str, Any] | None:
    """What `details` look like where a code always has them."""
    known: dict[str, dict[str, Any]] = {
        "VALIDATION_ERROR": {"formErrors": [], "fieldErrors": {"title": ["This field is required."]}},
        "SESSION_INVALID": {"action": "SIGN_IN"},
        "RATE_LIMITED": {camel("retry_after_sec"): 17},
        "CONFLICT": {"code": "WRONG_STATE"},
        "PAYMENTS_STATE_ERROR": {"code": "INSUFFICIENT_FUNDS"},
    }
    return known.get(code)


def failure(code: str, message: str, details: dict[str, Any] | None) -> dict[str, Any]:
    """An example of the failure envelope."""
    error: dict[str, Any] = {"code": code, "message": message}
    if details:
        error["details"] = details
    return {"ok": False, "error": error, "requestId": REQUEST_ID}


def headers() -> dict[str, Any]:
    """Headers on every answer."""
    return {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}


def wrap_success(operation: dict[str, Any], schemas: dict[str, Any], *, bare: bool) -> None:
    """Every success is `{ok: true, data, requestId}` around the described shape. The document itself stands bare."""
    tag = {"ETag": {"$ref": "#/components/headers/Tag"}} if "304" in operation["responses"] else {}
    for status, response in operation["responses"].items():
        response["headers"] = headers() | tag
        for kind, content in list(response.get("content", {}).items()):
            if bare:
                response["content"] = {"application/vnd.oai.openapi+json": {"schema": {"type": "object"}, "example": {"openapi": "3.1.0"}}}
            elif status.startswith("2") and kind == JSON:
                inner = content["schema"]
                shown = {"ok": True, "data": example_of(inner, schemas), "requestId": REQUEST_ID}
                content |= {"schema": success(inner), "example": shown}


def success(inner: dict[str, Any]) -> dict[str, Any]:
    """The success envelope around a schema."""
    return {
        "type": "object",
        "required": ["ok", "data", "requestId"],
        "properties": {"ok": {"type": "boolean", "const": True}, "data": inner, "requestId": {"type": "string"}},
    }


def close_request(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A body has no fields but those of its shape; the objects in it neither. One that others make may have more: `x-open`."""
    waiting = [content["schema"] for content in operation.get("requestBody", {}).get("content", {}).values()]
    while waiting:
        schema = waiting.pop()
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rpartition("/")[2]]
        if "properties" in schema and "additionalProperties" not in schema:
            schema["additionalProperties"] = schema.get("x-open", False)
            waiting += schema["properties"].values()
        waiting += [below for choice in ("allOf", "oneOf", "anyOf") for below in schema.get(choice, [])]
        waiting += [schema["items"]] if "items" in schema else []


def show_request(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Every body has an example, also where the action gave none."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "example" not in content and "examples" not in content:
            content["example"] = example_of(content["schema"], schemas)


def example_of(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """A value that the schema allows."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for choice in ("allOf", "oneOf", "anyOf"):
        if choice in schema:
            return example_of(schema[choice][0], schemas)
    for given in ("example", "default", "const"):
        if given in schema:
            return schema[given]
    if "enum" in schema:
        return schema["enum"][0]
    return example_of_type(schema, schemas)


def example_of_type(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """A value of the schema's type."""
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: example_of(below, schemas) for name, below in schema.get("properties", {}).items()}
    if kind == "array":
        return [example_of(schema.get("items", {}), schemas)]
    if kind == "string":
        return EXAMPLES.get(schema.get("format", ""), "text"[: schema.get("maxLength", 4)].ljust(schema.get("minLength", 0), "t"))
    return {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1.5), "boolean": True, "null": None}[kind]


def errors_of(where: str, method: str, operation: dict[str, Any]) -> dict[int, list[str]]:
    """Every status with which this operation can refuse, with the reasons that it names."""
    found: dict[int, list[str]] = {400: [], 500: [], 503: []}
    if operation.get("security"):
        found[401] = []
    if operation["x-who"] != "anyone" or (method in BODY_METHODS and operation.get("security")):
        found[403] = []
    if "{" in where:
        found[404] = []
    if method in BODY_METHODS:
        found |= {413: [], 415: []}
    if operation["x-replayable"]:
        found |= {409: ["REQUEST_IN_FLIGHT"], 422: []}
    if operation["x-throttle"]:
        found[429] = []
    for name in operation["x-refusals"]:
        code = name if name in CODES else reasons()[name].code
        found.setdefault(CODES[code].status, [])
        if name not in CODES:
            found[CODES[code].status].append(name)
    return found


def add_errors(operation: dict[str, Any], found: dict[int, list[str]]) -> None:
    """The operation names each of them; those without a reason of their own share one component."""
    for status, named in sorted(found.items()):
        shared = {"$ref": f"#/components/responses/Error{status}"}
        operation["responses"][str(status)] = error_response(status, named) if named else shared
