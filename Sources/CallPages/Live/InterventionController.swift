package import Calls
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Numbers
import PhoneNumbers
package import Site
import Tenants
import Web

/// Hanging a running call up, and taking it over.
package struct InterventionController: Sendable {
    /// Where the browser keeps the number that its person takes calls over at.
    private static let cookie = "va_takeover"
    private static let remembered = 180 * 86_400

    private let reading: CallReading
    private let control: LiveControl
    private let destinations: CallDirector.Destinations

    package init(
        _ reading: CallReading,
        control: LiveControl,
        destinations: @escaping CallDirector.Destinations
    ) {
        self.reading = reading
        self.control = control
        self.destinations = destinations
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.hangingUp) { visit in
            try await page(visit) { line in
                visit.page("calls/hang-up", title: visit.text("calls.hang_up_title"), facts(visit, line))
            }
        }
        book.tenant(.hangUp) { visit in
            let line = try await line(visit)
            return try await act(visit, .hangUp, line, done: "calls.hung_up")
        }
        book.tenant(.takingOver) { visit in
            try await page(visit) { line in form(visit, line, typed: remembered(visit)) }
        }
        book.tenant(.takeOver) { visit in try await takeOver(visit) }
    }

    private func takeOver(_ visit: TenantVisit) async throws -> Response {
        let line = try await line(visit)
        let typed = visit.form.text("nummer") ?? ""
        guard let region = Region(visit.tenant.region) else { throw NotVisible() }
        let number: E164
        switch PhoneNumberParser().parse(typed, region: region) {
        case .failure(let refusal):
            return form(visit, line, typed: typed, problem: visit.text("numbers.refusal_\(refusal.rawValue)"))
        case .success(let parsed): number = parsed.e164
        }
        if let refusal = try await destinations(visit.tenant.id)?.check(number) {
            return form(visit, line, typed: typed, problem: visit.text("numbers.destination_\(refusal.rawValue)"))
        }
        var response = try await act(visit, .takeOver(number), line, done: "calls.taking_over")
        if visit.form.isOn("merken") {
            visit.setCookie(Self.cookie, FormValues.encode(number.value), seconds: Self.remembered, on: &response)
        } else if visit.cookie(Self.cookie) != nil {
            visit.setCookie(Self.cookie, "", seconds: 0, on: &response)
        }
        return response
    }

    private func act(
        _ visit: TenantVisit,
        _ wish: LiveCommand.Wish,
        _ line: CallLine,
        done: String
    ) async throws -> Response {
        let outcome = try await control.perform(
            wish,
            on: CallReference(tenant: visit.tenant.id, id: line.id),
            by: visit.actor,
            requestID: visit.visit.requestID
        )
        let key =
            switch outcome {
            case .done: done
            case .over: "calls.call_over"
            case .withPerson: "calls.call_with_person"
            case .unreachable: "calls.call_unreachable"
            case nil: throw NotVisible()
            }
        let path = outcome == .done || outcome == .unreachable ? "/anrufe/live" : "/anrufe/\(line.id)"
        return visit.redirect(to: path, saying: key)
    }

    // MARK: Pages

    /// The page of a call that can be acted on; of another one, the call itself and why not.
    private func page(_ visit: TenantVisit, _ body: (CallLine) -> Response) async throws -> Response {
        let line = try await line(visit)
        guard line.result == .running else {
            return visit.redirect(to: "/anrufe/\(line.id)", saying: "calls.call_over")
        }
        guard line.state != .forwarding else {
            return visit.redirect(to: "/anrufe/\(line.id)", saying: "calls.call_with_person")
        }
        return body(line)
    }

    private func line(_ visit: TenantVisit) async throws -> CallLine {
        let id = try visit.id("id", as: CallTag.self)
        guard let line = try await reading.call(visit.tenant.id, id) else { throw NotVisible() }
        return line
    }

    private func facts(_ visit: TenantVisit, _ line: CallLine) -> Model {
        let words = CallWords(visit)
        return [
            "caller": .text(words.caller(line.caller)),
            "flow_name": .text(line.flow?.name ?? ""),
            "duration": .text(words.duration(line)),
            "action": .text(visit.visit.path),
        ]
    }

    private func form(_ visit: TenantVisit, _ line: CallLine, typed: String, problem: String? = nil) -> Response {
        let problems: Model? = problem.map {
            [
                "heading": .text(visit.text("calls.take_over_problem")),
                "fields": .list([["field": "nummer", "message": .text($0)]]),
            ]
        }
        return visit.page(
            "calls/take-over",
            title: visit.text("calls.take_over_title"),
            facts(visit, line).merging([
                "typed": .text(typed),
                "problem": .text(problem),
                "problems": .object(problems),
                "remembers": .flag(visit.cookie(Self.cookie) != nil || problem == nil || visit.form.isOn("merken")),
            ]),
            status: problem == nil ? .ok : .unprocessableContent
        )
    }

    /// The number that this browser took a call over at.
    private func remembered(_ visit: TenantVisit) -> String {
        guard let kept = visit.cookie(Self.cookie)?.removingPercentEncoding, let number = E164(kept) else { return "" }
        return number.international
    }
}
