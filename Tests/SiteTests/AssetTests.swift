import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import TestSupport
import Testing
import Web

@testable import Site

struct AssetTests {
    private let assets: Assets

    init() throws {
        assets = try Assets(folder: RepositoryFolder.resources.appending(path: "public"))
    }

    private func request(_ headers: [HTTPField.Name: String]) -> IncomingRequest {
        var fields = HTTPFields()
        for (name, value) in headers { fields[name] = value }
        return IncomingRequest(
            endpoint: .assets,
            method: .get,
            target: "/",
            headers: fields,
            body: ByteBuffer(),
            parameters: Parameters(),
            client: nil,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    @Test("A file is sent compressed to whoever can read it, and may be kept for ever")
    func compressed() throws {
        let plain = try #require(assets.answer(release: assets.release, name: "app.css", request: request([:])))
        let brotli = try #require(
            assets.answer(release: assets.release, name: "app.css", request: request([.acceptEncoding: "gzip, br"]))
        )
        #expect(plain.headers[.contentEncoding] == nil)
        #expect(brotli.headers[.contentEncoding] == "br")
        #expect(brotli.headers[.cacheControl]?.contains("immutable") == true)
        let small = try #require(brotli.body.contentLength)
        let large = try #require(plain.body.contentLength)
        #expect(small * 3 < large)
    }

    @Test("A file under an old release is found and not kept; a known one is not sent again")
    func releases() throws {
        let old = try #require(assets.answer(release: "000000000000", name: "js/app.js", request: request([:])))
        #expect(old.headers[.cacheControl] == "no-cache")
        let tag = try #require(old.headers[.eTag])
        let again = try #require(
            assets.answer(release: assets.release, name: "js/app.js", request: request([.ifNoneMatch: tag]))
        )
        #expect(again.status == .notModified)
    }

    @Test(
        "No name leads out of the folder",
        arguments: ["../locales/de/frame.json", "/etc/passwd", "js/../app.css", ""]
    )
    func outside(_ name: String) {
        #expect(assets.answer(release: assets.release, name: name, request: request([:])) == nil)
    }
}
