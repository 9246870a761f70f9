"""Checks the sandbox's Google with Google's own client classes.

usage: check_google.py KEY_FILE GRPC_TARGET, against a running `sandbox serve --write-credentials KEY_FILE`.
"""

import io
import sys
import wave

import google.auth.transport.requests
import grpc
from google.api_core import exceptions
from google.cloud import speech_v2, texttospeech_v1
from google.cloud.speech_v2.services.speech.transports import SpeechGrpcTransport
from google.cloud.texttospeech_v1.services.text_to_speech.transports import TextToSpeechGrpcTransport
from google.oauth2 import service_account

key_file, target = sys.argv[1:]
credentials = service_account.Credentials.from_service_account_file(
    key_file, scopes=["https://www.googleapis.com/auth/cloud-platform"]
)
credentials.refresh(google.auth.transport.requests.Request())


class Bearer(
    grpc.UnaryUnaryClientInterceptor, grpc.StreamStreamClientInterceptor
):
    """Adds the token by hand: Google's classes send it over TLS only."""

    def _with_token(self, details):
        metadata = list(details.metadata or []) + [("authorization", "Bearer " + credentials.token)]
        return details._replace(metadata=metadata)

    def intercept_unary_unary(self, continuation, details, request):
        return continuation(self._with_token(details), request)

    def intercept_stream_stream(self, continuation, details, requests):
        return continuation(self._with_token(details), requests)


channel = grpc.intercept_channel(grpc.insecure_channel(target), Bearer())
text_to_speech = texttospeech_v1.TextToSpeechClient(transport=TextToSpeechGrpcTransport(channel=channel))
speech = speech_v2.SpeechClient(transport=SpeechGrpcTransport(channel=channel))

text = "Grüß Gott, ich hätte gern einen Termin."
voice = texttospeech_v1.VoiceSelectionParams(language_code="de-DE", name="de-DE-Chirp3-HD-Leda")
batch = text_to_speech.synthesize_speech(
    input=texttospeech_v1.SynthesisInput(text=text),
    voice=voice,
    audio_config=texttospeech_v1.AudioConfig(
        audio_encoding=texttospeech_v1.AudioEncoding.LINEAR16, sample_rate_hertz=8000
    ),
)
with wave.open(io.BytesIO(batch.audio_content)) as sound:
    assert (sound.getframerate(), sound.getnchannels()) == (8000, 1)
    linear = sound.readframes(sound.getnframes())


def synthesis_requests():
    yield texttospeech_v1.StreamingSynthesizeRequest(
        streaming_config=texttospeech_v1.StreamingSynthesizeConfig(
            voice=voice,
            streaming_audio_config=texttospeech_v1.StreamingAudioConfig(
                audio_encoding=texttospeech_v1.AudioEncoding.MULAW, sample_rate_hertz=8000
            ),
        )
    )
    yield texttospeech_v1.StreamingSynthesizeRequest(input=texttospeech_v1.StreamingSynthesisInput(text=text))


mulaw = b"".join(answer.audio_content for answer in text_to_speech.streaming_synthesize(synthesis_requests()))


def recognise(sound, encoding, width):
    silence = (b"\xff" if width == 1 else b"\0\0") * 8000

    def requests():
        yield speech_v2.StreamingRecognizeRequest(
            recognizer="projects/sandbox-project/locations/eu/recognizers/_",
            streaming_config=speech_v2.StreamingRecognitionConfig(
                config=speech_v2.RecognitionConfig(
                    explicit_decoding_config=speech_v2.ExplicitDecodingConfig(
                        encoding=encoding, sample_rate_hertz=8000, audio_channel_count=1
                    ),
                    model="telephony",
                    language_codes=["de-AT"],
                ),
                streaming_features=speech_v2.StreamingRecognitionFeatures(
                    interim_results=True, enable_voice_activity_events=True
                ),
            ),
        )
        whole = silence + sound + silence
        for start in range(0, len(whole), 800 * width):
            yield speech_v2.StreamingRecognizeRequest(audio=whole[start : start + 800 * width])

    answers = list(speech.streaming_recognize(requests()))
    return [r.alternatives[0].transcript for a in answers for r in a.results if r.is_final]


encodings = speech_v2.ExplicitDecodingConfig.AudioEncoding
assert recognise(mulaw, encodings.MULAW, 1) == [text]
assert recognise(linear, encodings.LINEAR16, 2) == [text]
try:
    text_to_speech.synthesize_speech(
        input=texttospeech_v1.SynthesisInput(text=text),
        voice=texttospeech_v1.VoiceSelectionParams(language_code="de-DE", name="nobody"),
        audio_config=texttospeech_v1.AudioConfig(audio_encoding=texttospeech_v1.AudioEncoding.MULAW),
    )
    raise SystemExit("an unknown voice was accepted")
except exceptions.InvalidArgument:
    pass
print("Google's classes understand the sandbox")
