#!/usr/bin/env python3
"""AWS's models of its APIs, as botocore ships them: to look an operation up, and to hold what the program sends and
what the tests have recorded against them.

    api_model.py show SERVICE [OPERATION]   names on the wire, members and their types
    api_model.py check FILE                 a JSON file that tests/answers.rs writes; prints what does not fit
    api_model.py names FILE                 a JSON list of requests; prints the operation of each, a line each
"""

import json
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

import botocore.session

SESSION = botocore.session.get_session()
SESSION.set_credentials("none", "none")
MODELS = {}


def model(service):
    if service not in MODELS:
        MODELS[service] = SESSION.get_service_model(service)
    return MODELS[service]


# --- show -------------------------------------------------------------------------------------------


def outline(shape, depth, indent="  ", seen=()):
    if shape.type_name == "structure" and depth > 0 and shape.name not in seen:
        for name, member in shape.members.items():
            wire = member.serialization.get("name", name)
            place = member.serialization.get("location", "")
            inner = member
            mark = ""
            while inner.type_name == "list":
                mark += "[]"
                inner = inner.member
            required = "*" if name in shape.required_members else ""
            enum = " = " + "|".join(inner.enum[:12]) if getattr(inner, "enum", None) else ""
            print(f"{indent}{wire}{mark}{required}: {inner.type_name} {place}{enum}".rstrip())
            outline(inner, depth - 1, indent + "  ", seen + (shape.name,))
    elif shape.type_name == "map" and depth > 0:
        outline(shape.value, depth, indent, seen)


def show(service, operation=None):
    description = model(service)
    if operation is None:
        reading = ("BatchGet", "Describe", "Get", "List", "Search")
        print("\n".join(name for name in description.operation_names if name.startswith(reading)))
        return
    found = description.operation_model(operation)
    print(description.metadata.get("protocols") or description.metadata["protocol"], found.http["method"], found.http["requestUri"])
    print("input")
    if found.input_shape:
        outline(found.input_shape, 2)
    print("output")
    if found.output_shape:
        outline(found.output_shape, 5)
    print("errors", [error.name for error in found.error_shapes])


# --- check ------------------------------------------------------------------------------------------


def before_host(service):
    """What the operations that read put before the host (MWAA: `api.`); one that names a resource is not counted."""
    operations = map(model(service).operation_model, model(service).operation_names)
    reading = [one for one in operations if one.name.startswith(("Describe", "Get", "List"))]
    prefixes = {(one.endpoint or {}).get("hostPrefix", "") for one in reading}
    fixed = [prefix for prefix in prefixes if "{" not in prefix]
    return fixed[0] if len(fixed) == 1 else ""


def check_service(row):
    """A service's name, signature, protocol and hosts."""
    service = row["name"]
    metadata = model(service).metadata
    signing = metadata.get("signingName") or metadata["endpointPrefix"]
    if row["signing"] != signing:
        yield f"{service}: signs as {signing}"
    protocols = metadata.get("protocols") or [metadata["protocol"]]
    if row["protocol"] not in protocols:
        yield f"{service}: speaks {protocols}"
    for member, key in (("target", "targetPrefix"), ("json", "jsonVersion"), ("version", "apiVersion")):
        if row.get(member) and row[member] != metadata.get(key):
            yield f"{service}: {key} is {metadata.get(key)}"
    for region, host in row["hosts"].items():
        client = SESSION.create_client(service, region_name=region)
        wanted = before_host(service) + client.meta.endpoint_url.removeprefix("https://")
        if host != wanted:
            yield f"{service} in {region}: answers at {wanted}, not {host}"


def operation_of(service, request):
    """The operation a request is for; nothing where the service has none for it."""
    description = model(service)
    if request.get("target"):
        return request["target"].rsplit(".", 1)[-1]
    form = dict(urllib.parse.parse_qsl(request.get("body", ""))) if request["form"] else {}
    if "Action" in form:
        return form["Action"]
    path, _, query = request["path"].partition("?")
    given = {name for name, _ in urllib.parse.parse_qsl(query, keep_blank_values=True)}
    best = None
    for name in description.operation_names:
        http = description.operation_model(name).http
        template, _, needed = http["requestUri"].partition("?")
        wanted = {part.split("=")[0] for part in needed.split("&") if part}
        pattern = re.sub(r"\\\{[^}]+?\\\+\\\}", ".+", re.escape(template))
        pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", pattern)
        if http["method"] == request["method"] and wanted <= given and re.fullmatch(pattern.rstrip("/") + "/?", path):
            # The more of the template is literal, the better it fits.
            rank = (len(wanted), len(re.sub(r"\{[^}]+\}", "", template)))
            if best is None or rank > best[0]:
                best = (rank, name)
    return best[1] if best else None


def unknown_members(value, shape, where):
    """Members of a JSON value that a shape does not have, and values of another type."""
    kind = shape.type_name
    if value is None:
        return
    if kind == "structure":
        if not isinstance(value, dict):
            yield f"{where} is no object"
            return
        names = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for name, inner in value.items():
            if name not in names:
                yield f"{where} has no {name}"
            else:
                yield from unknown_members(inner, names[name], f"{where}.{name}")
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{where} is no list"
            return
        for inner in value:
            yield from unknown_members(inner, shape.member, f"{where}[]")
    elif kind == "map":
        if not isinstance(value, dict):
            yield f"{where} is no map"
            return
        for inner in value.values():
            yield from unknown_members(inner, shape.value, f"{where}{{}}")
    elif kind in ("integer", "long", "float", "double"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"{where} is no number"
    elif kind == "boolean":
        if not isinstance(value, bool):
            yield f"{where} is neither true nor false"
    elif kind == "string":
        if not isinstance(value, str):
            yield f"{where} is no text"
        elif getattr(shape, "enum", None) and value not in shape.enum:
            yield f"{where} is never {value!r}, one of {shape.enum[:20]}"
    elif kind == "timestamp":
        if shape.serialization.get("timestampFormat") == "iso8601" and not isinstance(value, str):
            yield f"{where} is a time in text"


def lists_of(shape):
    """How deep the members of an XML shape are, by their names on the wire."""
    return {member.serialization.get("name", name): member for name, member in shape.members.items()}


def unknown_elements(element, shape, where):
    """Elements of an XML answer that a shape does not have."""
    name = lambda node: node.tag.rsplit("}", 1)[-1]
    if shape.type_name == "structure":
        names = lists_of(shape)
        flat = {
            member.member.serialization.get("name", wire): member
            for wire, member in names.items()
            if member.type_name == "list" and member.serialization.get("flattened")
        }
        for node in element:
            if name(node) in names and not (name(node) in flat):
                yield from unknown_elements(node, names[name(node)], f"{where}.{name(node)}")
            elif name(node) in flat:
                yield from unknown_elements(node, flat[name(node)].member, f"{where}.{name(node)}")
            else:
                yield f"{where} has no {name(node)}"
    elif shape.type_name == "list":
        wanted = shape.member.serialization.get("name", "member")
        for node in element:
            if name(node) != wanted:
                yield f"{where} holds {wanted}, not {name(node)}"
            else:
                yield from unknown_elements(node, shape.member, f"{where}[]")
    elif shape.type_name == "map":
        return
    elif len(element):
        yield f"{where} holds no elements"
    else:
        text = (element.text or "").strip()
        if shape.type_name in ("integer", "long", "float", "double"):
            try:
                float(text)
            except ValueError:
                yield f"{where} is no number"
        elif shape.type_name == "boolean" and text not in ("true", "false"):
            yield f"{where} is neither true nor false"
        elif shape.type_name == "string" and getattr(shape, "enum", None) and text not in shape.enum:
            yield f"{where} is never {text!r}, one of {shape.enum[:20]}"


def check_request(service, request, found):
    shape = found.input_shape
    members = dict(shape.members.items()) if shape else {}
    required = set(shape.required_members) if shape else set()
    if request["form"]:
        for name in dict(urllib.parse.parse_qsl(request["body"])):
            top = name.split(".")[0]
            if top not in ("Action", "Version") and top not in members:
                yield f"takes no {top}"
        return
    places = {name: member.serialization.get("location") for name, member in members.items()}
    wire = {member.serialization.get("name", name): name for name, member in members.items()}
    query = dict(urllib.parse.parse_qsl(request["path"].partition("?")[2], keep_blank_values=True))
    fixed = {part.split("=")[0] for part in found.http["requestUri"].partition("?")[2].split("&") if part}
    for name in query:
        if name not in fixed and places.get(wire.get(name)) != "querystring":
            yield f"takes no {name} in the query"
    body = json.loads(request["body"]) if request["body"] else {}
    for name, value in body.items():
        if wire.get(name) is None or places.get(wire[name]) in ("querystring", "uri", "header"):
            yield f"takes no {name} in the body"
        else:
            yield from unknown_members(value, members[wire[name]], name)
    for name in required:
        if places[name] is None and members[name].serialization.get("name", name) not in body:
            yield f"needs {name}"
        if places[name] == "querystring" and members[name].serialization.get("name", name) not in query:
            yield f"needs {name} in the query"


def check_exchange(row):
    """One request that was seen, and the recorded answer to it."""
    service = row["service"]
    name = operation_of(service, row)
    if name is None or name not in model(service).operation_names:
        yield f"{service} has no operation for {row.get('target') or row['path']}"
        return
    found = model(service).operation_model(name)
    for trouble in check_request(service, row, found):
        yield f"{service} {name} {trouble}"
    shape = found.output_shape
    answer = row["answer"]
    if answer.lstrip().startswith("<"):
        root = ElementTree.fromstring(answer)
        # Answers of EC2 have no element for the result.
        if row["form"] and model(service).metadata["protocol"] != "ec2":
            root = next((node for node in root if node.tag.endswith(f"{name}Result")), None)
            if root is None:
                yield f"{service} {name}: no {name}Result in the answer"
                return
        payload = shape.serialization.get("payload")
        inner = shape.members[payload] if payload else shape
        for trouble in unknown_elements(root, inner, name):
            yield f"{service}: the answer of {trouble}"
    else:
        body = json.loads(answer or "{}")
        payload = shape.serialization.get("payload")
        inner = shape.members[payload] if payload else shape
        for trouble in unknown_members(body, inner, name):
            yield f"{service}: the answer of {trouble}"


def names(path):
    """The operation of each request: of the first of its services that has one for it."""
    with open(path) as file:
        requests = json.load(file)
    for request in requests:
        found = (operation_of(service, request) for service in request["services"])
        print(next((name for name in found if name), "?"))


def check(path):
    with open(path) as file:
        document = json.load(file)
    troubles = []
    for row in document["services"]:
        troubles.extend(check_service(row))
    for row in document["exchanges"]:
        troubles.extend(f"{row['kind']}: {trouble}" for trouble in check_exchange(row))
    print("\n".join(sorted(set(troubles))))


if __name__ == "__main__":
    if len(sys.argv) >= 3 and sys.argv[1] == "show":
        show(*sys.argv[2:4])
    elif len(sys.argv) == 3 and sys.argv[1] == "check":
        check(sys.argv[2])
    elif len(sys.argv) == 3 and sys.argv[1] == "names":
        names(sys.argv[2])
    else:
        sys.exit(__doc__)
