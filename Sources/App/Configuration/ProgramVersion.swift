/// What this program calls itself on the system's status page.
enum ProgramVersion {
    static let text = "0.3.0"
}
