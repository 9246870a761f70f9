"""Google's speech services, made of Google's own classes, judge what our client sends.

Three servers on the loopback address: a token endpoint that verifies the assertion with google-auth, Speech-to-Text v2
and Text-to-Speech v1 on grpcio. `voiceagent speech check` speaks sentences with a streamed and a fetched voice and
recognises them again, once briefly and once for so long that streams roll over. Every message is checked; what is not
as documented is a finding, and so is a word that is lost or doubled.

usage: VOICEAGENT=… python3 google_judge.py
setting: GOOGLE_JUDGE_COMMAND, a command in place of `$VOICEAGENT speech check`
"""

import http.server
import json
import os
import shlex
import struct
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from concurrent import futures

import grpc
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt
from google.cloud.speech_v2.types import cloud_speech as stt
from google.cloud.texttospeech_v1.types import cloud_tts as tts
from google.protobuf import unknown_fields

from words import Listener, Vocabulary

PROJECT = "judge-project"
RECOGNIZER = f"projects/{PROJECT}/locations/eu/recognizers/_"
TOKEN = "judge-token-1"
STREAM_LIMIT_MS = 300_000
SENTENCES = ["Grüß Gott, hier spricht die Firma Muster.", "Ich hätte gern einen Termin am Montag um zehn Uhr."]
VOICES = ["de-DE-Chirp3-HD-Leda", "de-DE-Wavenet-G"]


class Findings:
    def __init__(self):
        self.lock = threading.Lock()
        self.list = []
        self.counts = {}

    def note(self, text):
        with self.lock:
            self.list.append(text)

    def count(self, what, by=1):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + by

    def expect(self, condition, text):
        self.count("checks")
        if not condition:
            self.note(text)


FINDINGS = Findings()
VOCABULARY = Vocabulary()


def check_known(message, path):
    """No field that Google's classes do not know, at any depth."""
    FINDINGS.expect(len(unknown_fields.UnknownFieldSet(message)) == 0, f"{path}: unknown fields")
    for field, value in message.ListFields():
        if field.message_type is None or field.message_type.full_name.startswith("google.protobuf."):
            continue
        for item in value if field.is_repeated else [value]:
            check_known(item, f"{path}.{field.name}")


def check_metadata(context, routed=None):
    metadata = dict(context.invocation_metadata())
    FINDINGS.expect(metadata.get("authorization") == f"Bearer {TOKEN}", "the bearer token is not the one issued")
    if routed:
        params = urllib.parse.parse_qs(metadata.get("x-goog-request-params", ""))
        FINDINGS.expect(params == {"recognizer": [routed]}, f"x-goog-request-params is {params}")


def check_recognition_config(request):
    FINDINGS.expect(request.recognizer == RECOGNIZER, f"recognizer is {request.recognizer}")
    FINDINGS.expect("streaming_config" in request and "audio" not in request, "the first message is no configuration")
    config = request.streaming_config.config
    decoding = config.explicit_decoding_config
    FINDINGS.expect("explicit_decoding_config" in config, "no explicit decoding")
    FINDINGS.expect(decoding.encoding == stt.ExplicitDecodingConfig.AudioEncoding.MULAW, "encoding is not MULAW")
    FINDINGS.expect(decoding.sample_rate_hertz == 8000, "sample rate is not 8000")
    FINDINGS.expect(decoding.audio_channel_count == 1, "not one channel")
    FINDINGS.expect(len(config.language_codes) == 1 and config.language_codes[0].startswith("de-"), "language")
    FINDINGS.expect(config.model in ("chirp_3", "telephony", "long", "short", "latest_long"), f"model {config.model}")
    features = request.streaming_config.streaming_features
    FINDINGS.expect(features.interim_results, "no interim results asked for")
    FINDINGS.expect(features.enable_voice_activity_events, "no voice activity events asked for")
    phrases = [phrase for set in config.adaptation.phrase_sets for phrase in set.inline_phrase_set.phrases]
    FINDINGS.expect(all(0 < len(phrase.value) <= 100 for phrase in phrases), "an adaptation phrase has a wrong length")
    FINDINGS.count("adaptation phrases", len(phrases))


def streaming_recognize(requests, context):
    FINDINGS.count("recognition streams")
    check_metadata(context, RECOGNIZER)
    listener = Listener(VOCABULARY)
    is_first = True
    for request in requests:
        check_known(stt.StreamingRecognizeRequest.pb(request), "StreamingRecognizeRequest")
        size = stt.StreamingRecognizeRequest.pb(request).ByteSize()
        FINDINGS.expect(size <= 15_000, f"a message of {size} bytes")
        FINDINGS.count("recognition messages")
        if is_first:
            is_first = False
            check_recognition_config(request)
            continue
        FINDINGS.expect("audio" in request and "streaming_config" not in request, "a later message is not audio")
        FINDINGS.expect(len(request.audio) > 0, "an empty message of audio")
        FINDINGS.expect(not request.recognizer, "the recognizer is repeated")
        yield from map(response, listener.hear(request.audio))
        if listener.ms > STREAM_LIMIT_MS:
            FINDINGS.note("a stream is longer than Google allows")
            context.abort(grpc.StatusCode.ABORTED, "Exceeded maximum allowed stream duration of 305 seconds")
    FINDINGS.expect(not is_first, "a stream without a configuration")
    yield from map(response, listener.finish())


def response(heard):
    kind, text, ms = heard
    offset = {"seconds": ms // 1000, "nanos": ms % 1000 * 1_000_000}
    if kind in ("began", "ended"):
        types = stt.StreamingRecognizeResponse.SpeechEventType
        event = types.SPEECH_ACTIVITY_BEGIN if kind == "began" else types.SPEECH_ACTIVITY_END
        return stt.StreamingRecognizeResponse(speech_event_type=event, speech_event_offset=offset)
    result = stt.StreamingRecognitionResult(
        alternatives=[stt.SpeechRecognitionAlternative(transcript=text, confidence=0.9)],
        is_final=kind == "final",
        stability=0.0 if kind == "final" else 0.5,
        result_end_offset=offset,
        language_code="de-de",
    )
    # Fields that our subset leaves out must not disturb it.
    metadata = stt.RecognitionResponseMetadata(total_billed_duration={"seconds": 1}, request_id="r", prompt="p")
    return stt.StreamingRecognizeResponse(results=[result], metadata=metadata)


def check_voice(voice):
    FINDINGS.expect(voice.language_code == "de-DE", f"language of the voice is {voice.language_code}")
    FINDINGS.expect(voice.name in VOICES, f"voice {voice.name}")


def check_text(text):
    FINDINGS.expect(0 < len(text.encode()) <= 5_000, f"a text of {len(text.encode())} bytes")


def streaming_synthesize(requests, context):
    check_metadata(context)
    is_first = True
    for request in requests:
        check_known(tts.StreamingSynthesizeRequest.pb(request), "StreamingSynthesizeRequest")
        FINDINGS.count("synthesis messages")
        if is_first:
            is_first = False
            FINDINGS.expect("streaming_config" in request, "the first message is no configuration")
            config = request.streaming_config
            check_voice(config.voice)
            FINDINGS.expect("Chirp3-HD" in config.voice.name, "only Chirp 3 HD voices can be streamed")
            audio = config.streaming_audio_config
            FINDINGS.expect(audio.audio_encoding == tts.AudioEncoding.MULAW, "encoding is not MULAW")
            FINDINGS.expect(audio.sample_rate_hertz == 8000, "sample rate is not 8000")
            FINDINGS.expect(0.25 <= audio.speaking_rate <= 2.0, f"speaking rate {audio.speaking_rate}")
            continue
        FINDINGS.expect("input" in request and "text" in request.input, "a later message is no text")
        check_text(request.input.text)
        sound = VOCABULARY.sound(request.input.text)
        for start in range(0, len(sound), 3_333):
            yield tts.StreamingSynthesizeResponse(audio_content=sound[start:start + 3_333])


def synthesize_speech(request, context):
    check_metadata(context)
    check_known(tts.SynthesizeSpeechRequest.pb(request), "SynthesizeSpeechRequest")
    FINDINGS.count("synthesis messages")
    check_voice(request.voice)
    check_text(request.input.text)
    audio = request.audio_config
    FINDINGS.expect(audio.audio_encoding == tts.AudioEncoding.MULAW, "encoding is not MULAW")
    FINDINGS.expect(audio.sample_rate_hertz == 8000, "sample rate is not 8000")
    FINDINGS.expect(0.25 <= audio.speaking_rate <= 2.0, f"speaking rate {audio.speaking_rate}")
    return tts.SynthesizeSpeechResponse(audio_content=wav(VOCABULARY.sound(request.input.text)))


def wav(sound):
    """As Google sends MULAW: RIFF, with a chunk of odd length before the sound."""

    def chunk(name, body):
        return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    form = struct.pack("<HHIIHHH", 7, 1, 8000, 8000, 1, 8, 0)
    body = b"WAVE" + chunk(b"fmt ", form) + chunk(b"fact", struct.pack("<I", len(sound))) + chunk(b"LIST", b"odd")
    body += chunk(b"data", sound)
    return b"RIFF" + struct.pack("<I", len(body)) + body


class TokenEndpoint(http.server.BaseHTTPRequestHandler):
    public_key = b""

    def do_POST(self):
        FINDINGS.count("token requests")
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        FINDINGS.expect(form.get("grant_type") == ["urn:ietf:params:oauth:grant-type:jwt-bearer"], "grant type")
        uri = f"http://127.0.0.1:{self.server.server_port}/token"
        try:
            claims = jwt.decode(form["assertion"][0], certs=self.public_key, audience=uri)
        except (ValueError, KeyError) as error:
            FINDINGS.note(f"the assertion is refused by google-auth: {error}")
            self.send_error(400)
            return
        FINDINGS.expect(claims["iss"] == claims["sub"] == "judge@example.iam.gserviceaccount.com", "issuer")
        FINDINGS.expect(claims["exp"] - claims["iat"] <= 3600, "the assertion lives too long")
        FINDINGS.expect(claims["scope"] == "https://www.googleapis.com/auth/cloud-platform", "scope")
        body = json.dumps({"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        pass


def serve_token(folder):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    TokenEndpoint.public_key = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), TokenEndpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = os.path.join(folder, "service-account.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(
            {
                "type": "service_account",
                "project_id": PROJECT,
                "private_key_id": "judge-key",
                "private_key": private.decode(),
                "client_email": "judge@example.iam.gserviceaccount.com",
                "token_uri": f"http://127.0.0.1:{server.server_port}/token",
            },
            file,
        )
    os.chmod(path, 0o600)
    return path


def serve_speech():
    server = grpc.server(futures.ThreadPoolExecutor(16))
    recognize = grpc.stream_stream_rpc_method_handler(
        streaming_recognize,
        request_deserializer=stt.StreamingRecognizeRequest.deserialize,
        response_serializer=stt.StreamingRecognizeResponse.serialize,
    )
    stream = grpc.stream_stream_rpc_method_handler(
        streaming_synthesize,
        request_deserializer=tts.StreamingSynthesizeRequest.deserialize,
        response_serializer=tts.StreamingSynthesizeResponse.serialize,
    )
    fetch = grpc.unary_unary_rpc_method_handler(
        synthesize_speech,
        request_deserializer=tts.SynthesizeSpeechRequest.deserialize,
        response_serializer=tts.SynthesizeSpeechResponse.serialize,
    )
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(
                "google.cloud.speech.v2.Speech", {"StreamingRecognize": recognize}
            ),
            grpc.method_handlers_generic_handler(
                "google.cloud.texttospeech.v1.TextToSpeech",
                {"StreamingSynthesize": stream, "SynthesizeSpeech": fetch},
            ),
        )
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, f"http://127.0.0.1:{port}"


def check(credentials, endpoint, *more):
    command = shlex.split(os.environ.get("GOOGLE_JUDGE_COMMAND") or f"{os.environ['VOICEAGENT']} speech check")
    arguments = ["--endpoint", endpoint, "--tts-endpoint", endpoint, "--credentials", credentials]
    for voice in VOICES:
        arguments += ["--voice", voice]
    for sentence in SENTENCES:
        arguments += ["--sentence", sentence]
    result = subprocess.run(command + arguments + list(more), capture_output=True, text=True, timeout=240, check=False)
    lines = [line for line in result.stdout.splitlines() if line.startswith("{")]
    FINDINGS.expect(result.returncode == 0, f"speech check ended with {result.returncode}: {result.stderr[-500:]}")
    FINDINGS.expect(len(lines) == len(VOICES), f"speech check printed {len(lines)} findings")
    for line in lines:
        finding = json.loads(line)
        FINDINGS.expect(not finding.get("error"), f"{finding['voice']}: {finding.get('error')}")
        FINDINGS.expect(finding["said"].split() == finding["understood"].split(), f"{finding['voice']}: {line[:2000]}")
        FINDINGS.count("words", len(finding["understood"].split()))


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("JUDGE_DIR")) as folder:
        credentials = serve_token(folder)
        server, endpoint = serve_speech()
        check(credentials, endpoint)
        streams = FINDINGS.counts.get("recognition streams", 0)
        check(credentials, endpoint, "--repetitions", "70")
        # Eight minutes and more for each voice: at least two roll-overs each.
        more = FINDINGS.counts.get("recognition streams", 0) - streams
        FINDINGS.expect(more >= 3 * len(VOICES), f"only {more} streams for long recognitions: no roll-over")
        server.stop(None)
    for finding in sorted(set(FINDINGS.list)):
        print("finding:", finding)
    counts = ", ".join(f"{number} {what}" for what, number in sorted(FINDINGS.counts.items()))
    print(f"google: {counts}, {len(FINDINGS.list)} findings")
    sys.exit(1 if FINDINGS.list or FINDINGS.counts.get("words", 0) == 0 else 0)


main()
