import struct Sandbox.DialReport

/// A whole call as the telephone experienced it. `Calls` has a `DialReport` too, of one `<Dial>`.
typealias CallReport = DialReport
