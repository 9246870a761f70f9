extension Permission {
    /// The key of its name, for the permissions that keys are given (`AccessMatrix.keyScopes`).
    package var key: String { "tenants.permission_\(rawValue.replacing(".", with: "_"))" }
}
