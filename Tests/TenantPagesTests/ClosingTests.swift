import Database
import Foundation
import Hummingbird
import HummingbirdCore
import Kernel
import PageTestSupport
import Tenants
import TestSupport
import Testing
import Web

@testable import TenantPages

struct ClosingTests {
    @Test("K9: the end of the contract needs the short name and a reason, names the day, and can be taken back")
    func closes() async throws {
        try await TenantWorld.run { world in
            let browser = try world.browser()
            let page = try await browser.get("/einstellungen/beenden")
            #expect(page.contains("Zur Bestätigung „muster“ eingeben"))
            #expect(page.contains("Das wird gelöscht") && page.contains("Das bleibt"))
            let wrong = try await browser.post("/einstellungen/beenden", [("kurzname", "Muster"), ("grund", "Umzug")])
            #expect(wrong.status == 422 && wrong.contains("Der Kurzname stimmt nicht."))
            #expect(wrong.contains("Umzug</textarea>"))
            let silent = try await browser.post("/einstellungen/beenden", [("kurzname", "muster")])
            #expect(silent.status == 422 && silent.contains("Nennen Sie einen Grund."))
            let asked = try await browser.post("/einstellungen/beenden", [("kurzname", "muster"), ("grund", "Umzug")])
            #expect(asked.location == "/einstellungen")
            let settings = try await browser.get("/einstellungen")
            #expect(settings.contains("Der Vertrag endet am") && settings.contains("Ende zurücknehmen"))
            let twice = try await browser.post("/einstellungen/beenden", [("kurzname", "muster"), ("grund", "Umzug")])
            #expect(twice.status == 422)
            #expect(try await browser.post("/einstellungen/beenden/zuruecknehmen").status == 303)
            #expect(try await !browser.get("/einstellungen").contains("Der Vertrag endet am"))
            #expect(try await world.actions() == ["tenant.closing_asked", "tenant.closing_withdrawn"])
        }
    }

    @Test("V7.5.3: the end of the contract and the export of all data ask for a recent proof")
    func proof() async throws {
        try await TenantWorld.run { world in
            world.pass(601)
            let browser = try world.browser()
            for page in [
                try await browser.get("/einstellungen/beenden"), try await browser.post("/einstellungen/beenden"),
                try await browser.get("/einstellungen/datenexport"),
            ] { #expect(page.location?.hasPrefix("/bestaetigen") == true) }
        }
    }

    @Test("K9: an owner takes all data along in an archive that other programs open")
    func exports() async throws {
        try await TenantWorld.run { world in
            let page = try await world.browser().get("/einstellungen/datenexport")
            #expect(page.status == 200 && page.type == "application/x-tar")
            #expect(page.response.body.contentLength == page.bytes.count)
            let names = try Archive.list(page.bytes)
            #expect(names.contains { $0.hasSuffix("/audit.jsonl") } && names.contains { $0.hasSuffix("/README.txt") })
            #expect(try await world.actions().first == "tenant.exported")
            let left = try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory())
            #expect(!left.contains { $0.hasPrefix("export-\(world.tenant)") })
            let admin = try world.browser(try await world.member(.admin, "Alois Admin"))
            #expect(try await admin.get("/einstellungen/datenexport").status == 403)
        }
    }

    @Test("an archive holds each file byte by byte", arguments: [0, 1, 511, 512, 513, 70_000])
    func archive(size: Int) async throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "archive-\(UUID())")
        let folder = place.appending(path: "muster-2026-11-22")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let content = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 * 7) })
        try content.write(to: folder.appending(path: "calls.jsonl"))
        let archive = try FolderArchive(folder, at: Date(timeIntervalSince1970: 1_800_000_000))
        var bytes: [UInt8] = []
        try await archive.write { bytes += $0 }
        #expect(bytes.count == archive.size)
        #expect(try Archive.list(bytes) == ["muster-2026-11-22/calls.jsonl"])
        #expect(try Archive.content(bytes, of: "muster-2026-11-22/calls.jsonl") == content)
        try FileManager.default.removeItem(at: place)
    }
}

/// The system's own program for archives.
private enum Archive {
    static func list(_ bytes: [UInt8]) throws -> [String] {
        String(decoding: try run(["-tf", "-"], bytes), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    static func content(_ bytes: [UInt8], of name: String) throws -> Data { try run(["-xOf", "-", name], bytes) }

    private static func run(_ arguments: [String], _ bytes: [UInt8]) throws -> Data {
        let file = FileManager.default.temporaryDirectory.appending(path: "archive-\(UUID()).tar")
        try Data(bytes).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/tar")
        process.arguments = arguments.map { $0 == "-" ? file.path : $0 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try FileManager.default.removeItem(at: file)
        #expect(process.terminationStatus == 0)
        return data
    }
}
