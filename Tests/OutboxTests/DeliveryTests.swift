import Database
import Foundation
import Kernel
import Mail
import Outbox
import Telemetry
import TestSupport
import Testing

@Suite("Delivering mails") struct DeliveryTests {
    private let now = OutboxFixture.now

    @Test("a mail is sent once, and its row keeps nothing of it") func sent() async throws {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            try await fixture.post()
            let delivery = try fixture.delivery()
            #expect(try await delivery.deliverOnce(at: now) == 1)
            #expect(try await delivery.deliverOnce(at: now) == 0)
            let message = try #require(fixture.sent.value.first)
            #expect(fixture.sent.value.count == 1)
            #expect(message.to == (try MailAddress("anna@autohaus.example", name: "Anna Größl")))
            #expect(message.text.contains("https://voice.example/einladung/geheimnis"))
            let row = try #require(try await fixture.rows().first)
            #expect(row.isDone && row.isWiped && !row.isFailed && !row.isClaimed)
            let figures = try await fixture.figures()
            #expect(figures.waiting == 0)
            #expect(figures.sentLastDay == 1)
            let text = fixture.metrics.render()
            #expect(text.contains(#"voiceagent_mail_attempts_total{kind="invitation",outcome="sent"} 1"#))
            #expect(text.contains("voiceagent_mail_waiting 0"))
        }
    }

    @Test("what the server does not take yet is tried again, later each time, at most hourly") func delayed()
        async throws
    {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            try await fixture.post()
            let delivery = try fixture.delivery { _ in .temporary(451) }
            var at = now
            var pauses: [Double] = []
            for attempt in 1...10 {
                #expect(try await delivery.deliverOnce(at: at) == 1)
                let row = try #require(try await fixture.rows().first)
                #expect(row.attempts == attempt)
                #expect(row.error == "smtp_451")
                #expect(!row.isClaimed && !row.isFailed && !row.isWiped)
                #expect(try await delivery.deliverOnce(at: row.next.addingTimeInterval(-1)) == 0)
                pauses.append(row.next.timeIntervalSince(at).rounded())
                at = row.next.addingTimeInterval(0.001)
            }
            #expect(pauses == [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600])
            #expect(try await fixture.figures().delayed == 1)
            #expect(try await fixture.delivery().deliverOnce(at: at) == 1)
            #expect(fixture.sent.value.count == 1)
        }
    }

    @Test("after three days a mail is given up and wiped") func patience() async throws {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            try await fixture.post()
            let delivery = try fixture.delivery { _ in .unreachable }
            try await delivery.deliverOnce(at: now.addingTimeInterval(3 * 86_400 - 120))
            #expect(try await fixture.rows().first?.isFailed == false)
            try await delivery.deliverOnce(at: now.addingTimeInterval(3 * 86_400 + 60))
            let row = try #require(try await fixture.rows().first)
            #expect(row.isFailed && row.isWiped && row.error == "smtp_unreachable")
            #expect(try await delivery.deliverOnce(at: now.addingTimeInterval(4 * 86_400)) == 0)
        }
    }

    @Test("a refusal for good is given up at once") func refused() async throws {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            try await fixture.post(OutboxFixture.invitation(to: "nobody@autohaus.example"))
            try await fixture.post()
            let delivery = try fixture.delivery { $0.to.address.hasPrefix("nobody") ? .permanent(550) : nil }
            #expect(try await delivery.deliverOnce(at: now) == 2)
            let rows = try await fixture.rows()
            #expect(rows.map(\.isFailed) == [true, false])
            #expect(rows.map(\.isDone) == [false, true])
            #expect(rows.map(\.error) == ["smtp_550", nil])
            #expect(rows.map(\.isWiped) == [true, true])
            #expect(try await fixture.figures().failedLastDay == 1)
        }
    }

    @Test("a worker that dies after sending leaves the mail to another, under the same Message-ID") func crash()
        async throws
    {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            try await fixture.post()
            try await database.withDatabase({ $0.poolSize = 1 }) { doomed in
                // The server takes the mail, and the database is gone when that is to be written down.
                let first = try fixture.delivery(doomed) { _ in
                    do {
                        try await doomed.shutdown()
                        return nil
                    } catch {
                        return .unreachable
                    }
                }
                await #expect(throws: DatabaseError.unavailable(.shutDown)) { try await first.deliverOnce(at: now) }
            }
            #expect(fixture.sent.value.count == 1)
            #expect(try await fixture.rows().first?.isDone == false)

            let second = try fixture.delivery()
            #expect(try await second.deliverOnce(at: now.addingTimeInterval(299)) == 0)
            #expect(try await second.deliverOnce(at: now.addingTimeInterval(301)) == 1)
            #expect(try await fixture.rows().first?.isDone == true)
            let ids = fixture.sent.value.map(\.messageID)
            #expect(ids.count == 2)
            #expect(Set(ids).count == 1)
        }
    }

    @Test("many workers send each mail once") func workers() async throws {
        try await withTestDatabase(poolSize: 6) { database in
            let fixture = try OutboxFixture(database)
            let outbox = fixture.outbox
            try await database.app.withoutTenant { transaction in
                for number in 0..<60 {
                    try outbox.post(OutboxFixture.invitation(to: "p\(number)@autohaus.example"), in: transaction)
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let delivery = try fixture.delivery()
                        while try await delivery.deliverOnce(at: OutboxFixture.now) > 0 {}
                    }
                }
                try await group.waitForAll()
            }
            #expect(fixture.sent.value.count == 60)
            #expect(Set(fixture.sent.value.map(\.to.address)).count == 60)
            #expect(try await fixture.figures().sentLastDay == 60)
        }
    }

    @Test("a worker that has lost its lease no longer decides") func lateWorker() async throws {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            try await fixture.post()
            let second = try fixture.delivery()
            let slow = try fixture.delivery { _ in
                do {
                    try await second.deliverOnce(at: OutboxFixture.now.addingTimeInterval(301))
                    return .permanent(550)
                } catch {
                    return .unreachable
                }
            }
            try await slow.deliverOnce(at: now)
            let row = try #require(try await fixture.rows().first)
            #expect(row.isDone && !row.isFailed && row.attempts == 2)
        }
    }

    @Test("a mail that is on its way when the worker is stopped is still written down") func stopped() async throws {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            try await fixture.post()
            let (sending, began) = AsyncStream.makeStream(of: Void.self)
            let (taken, takes) = AsyncStream.makeStream(of: Void.self)
            let delivery = try fixture.delivery { _ in
                began.yield()
                for await _ in taken { break }
                return nil
            }
            let work = Task { await delivery.run() }
            var iterator = sending.makeAsyncIterator()
            await iterator.next()
            work.cancel()
            takes.yield()
            await work.value
            #expect(try await fixture.rows().first?.isDone == true)
            #expect(fixture.sent.value.count == 1)
        }
    }

    @Test("while the database is away it is asked less and less often, at most every minute") func outage() async throws
    {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            let waits = Shared<[Duration]>([])
            try await database.withDatabase({ $0.poolSize = 1 }) { gone in
                try await gone.shutdown()
                let time = TimeSource(now: { OutboxFixture.now }) { duration in
                    waits.update { $0.append(duration) }
                    if waits.value.count == 7 { throw CancellationError() }
                }
                try await fixture.delivery(gone, time: time).run()
            }
            #expect(waits.value == [4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        }
    }

    @Test("what was done a month ago is forgotten") func memory() async throws {
        try await withTestDatabase { database in
            let fixture = try OutboxFixture(database)
            try await fixture.post()
            let delivery = try fixture.delivery()
            try await delivery.deliverOnce(at: now)
            try await fixture.post()
            try await delivery.deliverOnce(at: now.addingTimeInterval(29 * 86_400))
            #expect(try await fixture.rows().count == 2)
            try await delivery.deliverOnce(at: now.addingTimeInterval(31 * 86_400))
            #expect(try await fixture.rows().count == 1)
        }
    }
}
