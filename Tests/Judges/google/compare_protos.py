"""Holds our subset of Google's protocol files against the descriptors in Google's own packages.

Every message, field, enum value and method of ours must exist there with the same name, number, type and label.
"""

import contextlib
import pathlib
import sys
import tempfile

import grpc
from google.cloud.speech_v2.services.speech.transports import SpeechGrpcTransport
from google.cloud.speech_v2.types import cloud_speech  # noqa: F401  registers the descriptors
from google.cloud.texttospeech_v1.types import cloud_tts  # noqa: F401
from google.cloud.texttospeech_v1.services.text_to_speech.transports import TextToSpeechGrpcTransport
from google.protobuf import descriptor_pb2, descriptor_pool
from grpc_tools import protoc

# Google's well-known types come with the compiler.
INCLUDE = pathlib.Path(protoc.__file__).parent / "_proto"
PROTOS = pathlib.Path(__file__).resolve().parents[3] / "Protos"


def ours():
    files = sorted(str(path) for path in PROTOS.rglob("*.proto"))
    with tempfile.NamedTemporaryFile(suffix=".pb") as out:
        paths = [f"--proto_path={PROTOS}", f"--proto_path={INCLUDE}"]
        code = protoc.main(["protoc", *paths, f"--descriptor_set_out={out.name}", *files])
        if code != 0:
            sys.exit("protoc refused our files")
        return descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(out.name).read_bytes())


def check_message(pool, scope, message, findings):
    name = f"{scope}.{message.name}"
    try:
        theirs = pool.FindMessageTypeByName(name)
    except KeyError:
        findings.append(f"{name} is not a message of Google's")
        return
    # The serialised form, because the labels and types of the two runtimes are spelled differently.
    proto = descriptor_pb2.DescriptorProto()
    theirs.CopyToProto(proto)
    fields = {field.name: field for field in proto.field}
    for field in message.field:
        other = fields.get(field.name)
        if other is None:
            findings.append(f"{name}.{field.name} does not exist")
            continue
        for what in ("number", "type", "label", "type_name"):
            if getattr(field, what) != getattr(other, what):
                findings.append(f"{name}.{field.name}: {what} {getattr(field, what)} is {getattr(other, what)}")
        if field.HasField("oneof_index") != other.HasField("oneof_index"):
            findings.append(f"{name}.{field.name} is in a oneof on one side only")
    for nested in message.nested_type:
        check_message(pool, name, nested, findings)
    for enum in message.enum_type:
        check_enum(pool, name, enum, findings)


def check_enum(pool, scope, enum, findings):
    name = f"{scope}.{enum.name}"
    try:
        theirs = {value.name: value.number for value in pool.FindEnumTypeByName(name).values}
    except KeyError:
        findings.append(f"{name} is not an enumeration of Google's")
        return
    for value in enum.value:
        if theirs.get(value.name) != value.number:
            findings.append(f"{name}.{value.name} is {theirs.get(value.name)}, not {value.number}")


class Recorder(grpc.Channel):
    """A channel that notes which methods Google's client asks for, and how they stream."""

    def __init__(self):
        self.methods = {}

    def unary_unary(self, method, *arguments, **options):
        return self.note(method, False, False)

    def unary_stream(self, method, *arguments, **options):
        return self.note(method, False, True)

    def stream_unary(self, method, *arguments, **options):
        return self.note(method, True, False)

    def stream_stream(self, method, *arguments, **options):
        return self.note(method, True, True)

    def note(self, method, streams_in, streams_out):
        self.methods[method] = (streams_in, streams_out)
        return lambda *arguments, **options: None

    def subscribe(self, *arguments, **options):
        pass

    def unsubscribe(self, *arguments, **options):
        pass

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *arguments):
        return False


def methods_of_google():
    """Google's packages describe messages; their services stand in the clients only."""
    recorder = Recorder()
    speech = SpeechGrpcTransport(channel=recorder)
    texttospeech = TextToSpeechGrpcTransport(channel=recorder)
    # Asking for a streaming method names it to the channel at once, a unary one only when it is called; the recorder
    # gives no answer that the client could use.
    assert speech.streaming_recognize and texttospeech.streaming_synthesize
    for call in (texttospeech.list_voices, texttospeech.synthesize_speech):
        with contextlib.suppress(AttributeError, TypeError):
            call(None)
    return recorder.methods


def check_service(scope, service, findings):
    theirs = methods_of_google()
    for method in service.method:
        path = f"/{scope}.{service.name}/{method.name}"
        if theirs.get(path) != (method.client_streaming, method.server_streaming):
            findings.append(f"{path} is {theirs.get(path)} at Google's")


def main():
    pool = descriptor_pool.Default()
    findings = []
    fields = 0
    for file in ours().file:
        for message in file.message_type:
            check_message(pool, file.package, message, findings)
            fields += len(message.field) + sum(len(nested.field) for nested in message.nested_type)
        for enum in file.enum_type:
            check_enum(pool, file.package, enum, findings)
        for service in file.service:
            check_service(file.package, service, findings)
    for finding in findings:
        print(finding)
    print(f"protocol files: {fields} fields compared with Google's, {len(findings)} findings")
    sys.exit(1 if findings or fields == 0 else 0)


main()
