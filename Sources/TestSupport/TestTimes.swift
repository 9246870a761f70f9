import Foundation
package import Kernel

extension TimeSource {
    private static let instant = Date(timeIntervalSince1970: 1_800_000_000)

    /// Time stands still: who sleeps is woken by cancellation only, so that no limit is ever reached.
    package static let still = TimeSource(
        now: { instant },
        sleep: { _ in
            let (nothing, input) = AsyncStream.makeStream(of: Never.self)
            for await _ in nothing {}
            input.finish()
            throw CancellationError()
        }
    )

    /// Every wait is over at once, so that every limit is reached.
    package static let over = TimeSource(now: { instant }, sleep: { _ in })
}
