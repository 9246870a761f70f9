import Foundation
import Sandbox
import Testing

struct TwiMLTests {
    @Test func aDocumentIsReadVerbByVerb() throws {
        let document = try TwiMLReader.read(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- ein Anruf -->
            <Response>
              <Say voice="Polly.Vicki">Grüß &lt;Gott&gt; &#252;ber</Say><Pause length="2"/>
              <Connect action="/weiter"><Stream url="wss://x/media"><Parameter name="a" value="b"/></Stream></Connect>
              <Redirect>/ende</Redirect>
            </Response>
            """
        )
        #expect(document.warnings == [])
        #expect(document.verbs.count == 4)
        #expect(document.verbs[0] == .say("Grüß <Gott> über"))
        #expect(document.verbs[1] == .pause(seconds: 2))
        #expect(document.verbs[3] == .redirect(url: "/ende", method: "POST"))
    }

    @Test(arguments: [
        " <?xml version=\"1.0\"?><Response/>", "<Antwort/>", "<Response>", "<Response><Say>a</Response></Say>",
        "<Response><Say>a & b</Say></Response>", "<Response/><Response/>", "<Response a=1/>", "",
        "<!DOCTYPE x []><Response/>",
    ])
    func whatIsNotTwiMLIsError12100(text: String) {
        #expect { try TwiMLReader.read(text) } throws: { ($0 as? CarrierError)?.code == 12100 }
    }

    @Test(arguments: [
        "<Sag>a</Sag>", "<Dial statusCallbackEvent=\"answered\"><Number>+431</Number></Dial>", "Text",
        "<Connect><Stream url=\"wss://x\"><Parameter name=\"a\"/></Stream></Connect>",
    ])
    func whatTheSchemaDoesNotKnowIsWarnedOf(verb: String) throws {
        #expect(try TwiMLReader.read("<Response>\(verb)</Response>").warnings.count == 1)
    }
}

struct CarrierSignatureTests {
    @Test func theDocumentedVectorsAgree() {
        let form = [
            ("CallSid", "CA1234567890ABCDE"), ("Caller", "+14158675310"), ("Digits", "1234"), ("From", "+14158675310"),
            ("To", "+18005551212"),
        ]
        let url = "https://example.com/myapp.php?foo=1&bar=2"
        #expect(CarrierSignature.sign(url: url, form: form, token: "12345") == "L/OH5YylLD5NRKLltdqwSvS0BnU=")
        let second = form.map { $0.1 == "+14158675310" ? ($0.0, "+14158675309") : $0 }
        #expect(
            CarrierSignature.sign(url: "https://mycompany.com/myapp.php?foo=1&bar=2", form: second, token: "12345")
                == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
        )
    }

    @Test func userPortAndFragmentAreLeftOutAsTheCarrierDoes() {
        let plain = CarrierSignature.sign(url: "https://a.example/x?y=1", token: "t")
        #expect(CarrierSignature.sign(url: "https://u:p@a.example:8443/x?y=1#rc=2", token: "t") == plain)
        let port = CarrierSignature.sign(url: "http://a.example:8080/x", token: "t")
        #expect(port != CarrierSignature.sign(url: "http://a.example/x", token: "t"))
    }

    @Test func formsSurviveTheWire() {
        let fields = [("Von", "+43 1 Grüße & mehr=viel"), ("a b", "100%"), ("leer", "")]
        let decoded = CarrierForm.decode(CarrierForm.encode(fields))
        #expect(decoded.map(\.0) == fields.map(\.0))
        #expect(decoded.map(\.1) == fields.map(\.1))
    }
}

struct CallerScriptTests {
    @Test func aScriptIsReadLineByLine() throws {
        let steps = try CallerStep.read(
            script: """
                # Begrüßung abwarten
                {"wait":"turn"}
                {"say":"Hallo"}

                {"interrupt":{"afterMs":1200,"say":"Stopp"}}
                {"digits":"1"}
                {"silenceMs":7000}
                {"expect":"Uhr"}
                {"hangup":true}
                """,
            folder: .init(fileURLWithPath: "/")
        )
        #expect(
            steps == [
                .waitForTurn, .say("Hallo"), .interrupt(afterMs: 1_200, say: "Stopp"), .digits("1"),
                .silence(ms: 7_000), .expect("Uhr"), .hangUp,
            ]
        )
    }

    @Test func aWrongLineIsNamed() {
        let script = "{\"say\":\"a\"}\n{\"sag\":\"b\"}"
        #expect { try CallerStep.read(script: script, folder: .init(fileURLWithPath: "/")) } throws: { error in
            (error as? CallerScriptFailure)?.line == 2
        }
    }
}
