/// Where a process answers whoever watches it. `serve` and `work` have ports of their own, so that both run on one
/// machine.
package struct ObservationSettings: Sendable {
    /// The loopback interface unless stated (decision 28).
    package let host: String
    package let servePort: Int
    package let workPort: Int

    /// - Parameter port: where calls and pages are served.
    init(_ reader: inout SettingReader, port: Int) {
        host = reader.text(.metricsHost) ?? "127.0.0.1"
        servePort = reader.number(.metricsPort, in: 1...65_535)
        workPort = reader.number(.workMetricsPort, in: 1...65_535)
        if servePort == port { reader.refuse(.metricsPort, "setting_same_port", ["other": Setting.port.name]) }
        if workPort == port { reader.refuse(.workMetricsPort, "setting_same_port", ["other": Setting.port.name]) }
        if workPort == servePort {
            reader.refuse(.workMetricsPort, "setting_same_port", ["other": Setting.metricsPort.name])
        }
    }
}
