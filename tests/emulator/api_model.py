#!/usr/bin/env python3
"""AWS's models of its APIs, as botocore ships them: to look an operation up, and to hold what the program sends and
what the tests have recorded against them.

    api_model.py show SERVICE [OPERATION]   names on the wire, members and their types
    api_model.py check FILE                 a JSON file that tests/answers.rs writes; prints what does not fit
    api_model.py names FILE                 a JSON list of requests; prints the operation of each, a line each
    api_model.py acts FILE                  a JSON file that tests/remedies.rs writes; prints what does not fit
"""

import functools
import json
import re
import shlex
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.endpoint_provider import EndpointProvider
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

SESSION = botocore.session.get_session()
SESSION.set_credentials("none", "none")
# S3 has a host for us-east-1 besides its old one for the whole world.
REGIONAL = Config(s3={"us_east_1_regional_endpoint": "regional"})
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


def ruled_host(service, region):
    """Where the endpoint rules of a service lead: a client tells only the host of the older list until it sends."""
    loader = SESSION.get_component("data_loader")
    rules = loader.load_service_model(service, "endpoint-rule-set-1")
    provider = EndpointProvider(rules, loader.load_data("partitions"))
    url = provider.resolve_endpoint(Region=region, UseDualStack=False, UseFIPS=False).url
    return url.removeprefix("https://")


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
        client = SESSION.create_client(service, region_name=region, config=REGIONAL)
        wanted = before_host(service) + client.meta.endpoint_url.removeprefix("https://")
        if host != wanted and host != before_host(service) + ruled_host(service, region):
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
    if shape is None:
        if answer.strip() not in ("", "{}"):
            yield f"{service} {name} answers nothing"
        return
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


# --- acts -------------------------------------------------------------------------------------------


def named_by_models(value, shape, protocol, where, troubles):
    """An input under the names of the models, out of one under its names on the wire."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        names = {}
        for name, member in shape.members.items():
            wire = member.serialization.get("name", name)
            if protocol == "ec2":
                wire = member.serialization.get("queryName") or wire[0].upper() + wire[1:]
            place = member.serialization.get("location")
            # A label and a part of the query are filled by their names in the template.
            names[f"header:{wire}" if place == "header" else wire] = (name, member)
        named = {}
        for wire, inner in value.items():
            # `Tags.Tag` is a list whose items have a name of their own.
            wire, _, item = wire.partition(".") if wire not in names else (wire, "", "")
            if item and wire in names and names[wire][1].member.serialization.get("name") != item:
                troubles.append(f"{where}.{wire} has no items named {item}")
                continue
            if wire not in names:
                troubles.append(f"{where} has no {wire}, but {', '.join(sorted(names))}")
                continue
            name, member = names[wire]
            named[name] = named_by_models(inner, member, protocol, f"{where}.{wire}", troubles)
        return named
    if kind == "list" and isinstance(value, list):
        return [named_by_models(inner, shape.member, protocol, f"{where}[]", troubles) for inner in value]
    if kind == "map" and isinstance(value, dict):
        return {key: named_by_models(inner, shape.value, protocol, f"{where}{{}}", troubles) for key, inner in value.items()}
    # What stands for a fact is a sample, and no value of AWS's.
    if getattr(shape, "enum", None) and isinstance(value, str) and "sample" not in value and value not in shape.enum:
        troubles.append(f"{where} is never {value!r}, one of {shape.enum[:20]}")
    return value


def query_of(text):
    return dict(urllib.parse.parse_qsl(text, keep_blank_values=True))


def as_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


# Headers that are written otherwise, or only change how SQS names its errors.
UNCOMPARED = ("content-length", "content-type", "x-amzn-query-mode")


def check_sent(protocol, found, wanted, sent):
    """A request that was sent, against the one botocore makes of the same input."""
    path, _, query = sent["path"].partition("?")
    wanted_path, _, wanted_query = wanted["url_path"].partition("?")
    # Protocols without parts of a query have a text there.
    parts = wanted["query_string"] or {}
    wanted_query = query_of(wanted_query) | {name: as_text(value) for name, value in parts.items()}
    if sent["method"] != wanted["method"]:
        yield f"goes out as {sent['method']}, not {wanted['method']}"
    if path != wanted_path:
        yield f"goes to {path}, not {wanted_path}"
    if query_of(query) != wanted_query:
        yield f"asks {query_of(query)}, not {wanted_query}"
    for name, value in wanted["headers"].items():
        if name.lower() not in UNCOMPARED and sent["headers"].get(name.lower()) != as_text(value):
            yield f"has {sent['headers'].get(name.lower())} as {name}, not {value}"
    if protocol in ("ec2", "query"):
        form = {name: as_text(value) for name, value in wanted["body"].items()}
        if query_of(sent["body"]) != form:
            yield f"says {query_of(sent['body'])}, not {form}"
    elif protocol == "rest-xml":
        if sent["body"] or wanted["body"]:
            yield "has a body in XML, which is not written"
    elif json.loads(sent["body"] or "{}") != json.loads(wanted["body"] or "{}"):
        yield f"says {sent['body']}, not {wanted['body']}"


def holds_member(shape, name, seen=()):
    """Whether an answer of a shape can have a member, wherever in it."""
    if shape is None or shape.name in seen:
        return False
    if shape.type_name == "list":
        return holds_member(shape.member, name, seen + (shape.name,))
    if shape.type_name != "structure":
        return False
    names = {member.serialization.get("name", key): member for key, member in shape.members.items()}
    return name in names or any(holds_member(inner, name, seen + (shape.name,)) for inner in names.values())


def check_act(row):
    service, _, name = row["call"].partition(":")
    if service not in SESSION.get_available_services() or name not in model(service).operation_names:
        yield f"there is no {row['call']}"
        return
    found = model(service).operation_model(name)
    protocol = row["protocol"]
    if (found.endpoint or {}).get("hostPrefix", "") != before_host(service):
        yield f"answers at another host: {found.endpoint}"
    if protocol.startswith("rest"):
        uri = f"{found.http['method']} {found.http['requestUri']}"
        given = row["http"] or ""
        if given.split("?")[0] != uri.split("?")[0]:
            yield f"is {uri}, not {given}"
    elif row["http"]:
        yield f"has no method and path of its own in {protocol}"
    has_dry_run = found.input_shape is not None and "DryRun" in found.input_shape.members
    if row["dry_run"] is not None and row["dry_run"] != has_dry_run:
        yield f"takes DryRun: {has_dry_run}"
    troubles = []
    params = row["input"]
    if found.input_shape is not None:
        params = named_by_models(params, found.input_shape, protocol, "the input", troubles)
        report = ParamValidator().validate(params, found.input_shape)
        if report.has_errors():
            troubles.append(report.generate_report())
    elif params:
        troubles.append("takes no input")
    yield from troubles
    if not troubles:
        wanted = create_serializer(protocol, include_validation=False).serialize_to_request(params, found)
        yield from check_sent(protocol, found, wanted, row["sent"])
    answered = row["answered"].removeprefix("answer:").rsplit(".", 1)[-1] if row["answered"] else ""
    if answered and not holds_member(found.output_shape, answered):
        yield f"answers without {answered}"


def commands(line):
    """The commands of a shell line, those inside `$(…)` too, as words."""
    while "$(" in line:
        start = line.rindex("$(")
        depth, end = 0, start + 1
        for end in range(start + 1, len(line)):
            depth += {"(": 1, ")": -1}.get(line[end], 0)
            if depth == 0:
                break
        if depth:
            raise ValueError("a bracket is not closed")
        yield from commands(line[start + 2 : end])
        line = line[:start] + "OUTPUT" + line[end + 1 :]
    # What a loop goes through stands in its `$(…)`; its body is commands like others.
    line = re.sub(r"\bfor \w+ in OUTPUT; do ", "", line).replace("; done", "").replace("; ", " && ")
    words = []
    for word in [*shlex.split(line), "&&"]:
        if word == "&&":
            yield words
            words = []
        else:
            words.append(word)


def check_line(line):
    """An AWS CLI line: its service, its operation and its options."""
    for words in commands(line):
        if words[:1] != ["aws"] or len(words) < 3 or words[1] not in SESSION.get_available_services():
            yield f"is no command of the AWS CLI: {words[:3]}"
            continue
        operations = {xform_name(name, "-"): name for name in model(words[1]).operation_names}
        if words[2] not in operations:
            yield f"{words[1]} has no {words[2]}"
            continue
        shape = model(words[1]).operation_model(operations[words[2]]).input_shape
        names = {xform_name(name, "-"): name for name in (shape.members if shape else ())}
        given = {word[2:] for word in words if word.startswith("--")} - {"region", "query", "output"}
        plain = {option if option in names else option.removeprefix("no-") for option in given}
        for option in sorted(plain - set(names)):
            yield f"{words[2]} has no --{option}"
        for name in sorted(shape.required_members if shape else ()):
            if xform_name(name, "-") not in plain:
                yield f"{words[2]} needs --{xform_name(name, '-')}"


@functools.cache
def values_of(service):
    """Every value some enumeration of a service has."""
    description = model(service)
    shapes = map(description.shape_for, description.shape_names)
    return {value for shape in shapes if shape.type_name == "string" for value in shape.enum}


def acts(path):
    with open(path) as file:
        document = json.load(file)
    troubles = []
    for row in document["services"]:
        troubles.extend(check_service(row))
    for row in document["acts"]:
        troubles.extend(f"{row['where']}: {row['call']} {trouble}" for trouble in check_act(row))
    for row in document["lines"]:
        try:
            troubles.extend(f"{row['where']}: {trouble}" for trouble in check_line(row["line"]))
        except ValueError as error:
            troubles.append(f"{row['where']}: {error}: {row['line']}")
    for row in document["values"]:
        if not any(row["value"] in values_of(service) for service in row["services"]):
            troubles.append(f"{row['where']}: no enumeration of {', '.join(row['services'])} has {row['value']!r}")
    print("\n".join(sorted(set(troubles))))


if __name__ == "__main__":
    if len(sys.argv) >= 3 and sys.argv[1] == "show":
        show(*sys.argv[2:4])
    elif len(sys.argv) == 3 and sys.argv[1] == "check":
        check(sys.argv[2])
    elif len(sys.argv) == 3 and sys.argv[1] == "names":
        names(sys.argv[2])
    elif len(sys.argv) == 3 and sys.argv[1] == "acts":
        acts(sys.argv[2])
    else:
        sys.exit(__doc__)
