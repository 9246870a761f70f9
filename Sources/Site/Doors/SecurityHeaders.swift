package import HTTPTypes

/// What every answer to a browser says about how it may be used (ASVS 5.0 V3.4).
package enum SecurityHeaders {
    /// No inline script or style, nothing from elsewhere, in nobody's frame.
    package static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
        "connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
        "object-src 'none'",
    ].joined(separator: "; ")

    /// Says what the answer does not say already.
    ///
    /// - Parameter isSecure: whether the product is reached by HTTPS; browsers ignore the promise otherwise.
    package static func add(to headers: inout HTTPFields, isSecure: Bool) {
        set(&headers, "content-security-policy", contentSecurityPolicy)
        set(&headers, "x-content-type-options", "nosniff")
        set(&headers, "x-frame-options", "DENY")
        set(&headers, "referrer-policy", "same-origin")
        set(&headers, "cross-origin-opener-policy", "same-origin")
        set(&headers, "cross-origin-resource-policy", "same-origin")
        set(
            &headers,
            "permissions-policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), publickey-credentials-get=(self), "
                + "publickey-credentials-create=(self)"
        )
        if isSecure { set(&headers, "strict-transport-security", "max-age=63072000; includeSubDomains") }
        headers[.cacheControl] = headers[.cacheControl] ?? "no-store"
    }

    static func addToAsset(_ headers: inout HTTPFields) {
        set(&headers, "x-content-type-options", "nosniff")
        set(&headers, "cross-origin-resource-policy", "same-origin")
        // A drawing that is opened as a page of its own must not run anything either.
        set(
            &headers,
            "content-security-policy",
            "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
        )
    }

    private static func set(_ headers: inout HTTPFields, _ name: String, _ value: String) {
        guard let name = HTTPField.Name(name), headers[name] == nil else { return }
        headers[name] = value
    }
}
