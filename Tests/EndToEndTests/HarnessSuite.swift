import Testing

/// All tests from end to end, one after the other: audio that runs many times faster than real time needs the whole
/// machine, and what is too slow for its pace looks like a fault.
@Suite("End to end", .serialized)
enum EndToEnd {
    @Suite("A call is answered")
    struct CallTests {}

    @Suite("Who is not served")
    struct RefusalTests {}

    @Suite("Every call reaches the tenant whose number was called")
    struct MappingTests {}

    @Suite("J8: a provider fails in a call")
    struct FaultProviderTests {}

    @Suite("Long calls and many calls")
    struct LongCallTests {}

    @Suite("G1: acts and their records")
    struct AuditWalkTests {}
}
