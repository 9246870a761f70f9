// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let collections = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grpc: [Target.Dependency] = [
    .product(name: "GRPCCore", package: "grpc-swift-2"),
    .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
    .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
    .product(name: "SwiftProtobuf", package: "swift-protobuf"),
]
let httpServer: [Target.Dependency] = [
    .product(name: "Hummingbird", package: "hummingbird"),
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
    .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
]
let jwt = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")

/// A library room of the house: `Sources/<name>`.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

/// What `Tests/<name>Tests` checks. Every test target may use the fixtures of TestSupport.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: dependencies + ["Kernel", "TestSupport"],
        exclude: exclude,
        swiftSettings: settings
    )
}

let package = Package(
    name: "VoiceAgent",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "voiceagent", targets: ["VoiceAgentCommand"]),
        .executable(name: "sandbox", targets: ["SandboxCommand"]),
        .executable(name: "bench", targets: ["BenchCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "2.4.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
    ],
    targets: [
        // C libraries from Debian.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlienc", providers: [.apt(["libbrotli-dev"])]),
        .systemLibrary(name: "CBrotliDecoder", pkgConfig: "libbrotlidec", providers: [.apt(["libbrotli-dev"])]),
        .systemLibrary(name: "CFido2", pkgConfig: "libfido2", providers: [.apt(["libfido2-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CGzip", linkerSettings: [.linkedLibrary("z")]),
        .target(name: "CPhoneNumber", linkerSettings: [.linkedLibrary("phonenumber")]),

        // The shared words.
        room("Kernel"),

        // Vendors and techniques: each knows its vendor and not our product.
        room("Telemetry", ["Kernel", log]),
        room("PhoneNumbers", ["Kernel", "CPhoneNumber"]),
        room("Database", ["Kernel", "CLibPQ", "Telemetry", crypto, log, nioPosix, collections]),
        room("RedisStore", ["Kernel", "Telemetry", log, nioCore, nioPosix, collections]),
        room("Twilio", ["Kernel", asyncHTTPClient, crypto, nioCore, nioHTTP1]),
        room("Speech", ["Kernel", "Telemetry", asyncHTTPClient, crypto, jwt, log, nioCore, nioHTTP1] + grpc),
        room("LanguageModel", ["Kernel", asyncHTTPClient, nioCore, nioHTTP1]),
        room("Stripe", ["Kernel", asyncHTTPClient, nioCore, nioHTTP1]),
        room("Secrets", ["Kernel", crypto]),
        room("Credentials", ["Kernel", "CArgon2", "CFido2", "CQREncode", crypto, nioPosix]),
        room("Mail", ["Kernel", "CCurl", "Telemetry", log, nioPosix]),
        room("Localization", ["Kernel"]),

        // Slices: the business.
        room("Audit", ["Kernel", "Database", crypto]),
        room("Outbox", ["Kernel", "Database", "Localization", "Mail", "Secrets", "Telemetry", log]),
        room(
            "People",
            ["Kernel", "Database", "Audit", "Localization", "RedisStore", "Secrets", "Credentials", "Outbox", crypto]
        ),
        room(
            "Tenants",
            [
                "Kernel", "Database", "Audit", "Localization", "RedisStore", "Secrets", "Credentials", "Outbox",
                "People", "Telemetry", crypto, log,
            ]
        ),
        room("Numbers", ["Kernel", "Database", "Audit", "Localization", "Tenants", "PhoneNumbers", "Twilio"]),
        room("Flows", ["Kernel", "Database", "Audit", "Localization", "Tenants"]),
        room(
            "Calls",
            [
                "Kernel", "Database", "Audit", "Localization", "Tenants", "Numbers", "Flows", "Twilio", "Speech",
                "LanguageModel", "RedisStore", "Telemetry", crypto, log,
            ]
        ),

        // The doors and the composition root.
        room(
            "Web",
            [
                "Kernel", "Telemetry", "Database", "Localization", "PhoneNumbers", "RedisStore", "Twilio", "Stripe",
                "Tenants", "Numbers", "Flows", "Calls", "CBrotli", "CGzip", crypto, lifecycle, log, nioCore, nioPosix,
                nioHTTP1, nioWebSocket,
            ] + httpServer
        ),
        // The web application: its frame, and a room for each area of pages.
        room(
            "Site",
            [
                "Kernel", "Telemetry", "Localization", "Audit", "Credentials", "People", "Tenants", "Web", "CBrotli",
                crypto, log, mustache, nioCore,
            ] + httpServer
        ),
        room(
            "AccountPages",
            [
                "Kernel", "Localization", "Audit", "Credentials", "People", "Tenants", "Web", "Site", log, nioCore,
            ] + httpServer
        ),
        room(
            "CallPages",
            [
                "Kernel", "Database", "Localization", "Audit", "PhoneNumbers", "RedisStore", "People", "Tenants",
                "Numbers", "Flows", "Calls", "Web", "Site", "Credentials", lifecycle, log, nioCore,
            ] + httpServer
        ),
        room(
            "PageParts",
            [
                "Kernel", "Localization", "Audit", "Numbers", "Site", nioCore,
            ] + httpServer
        ),
        room(
            "TenantPages",
            [
                "Kernel", "Localization", "Audit", "Credentials", "PhoneNumbers", "People", "Tenants", "Numbers",
                "Flows", "Web", "Site", "PageParts", log, nioCore,
            ] + httpServer
        ),
        room(
            "PlatformPages",
            [
                "Kernel", "Localization", "Audit", "Credentials", "Outbox", "PhoneNumbers", "People", "Tenants",
                "Numbers",
                "Flows", "Calls", "Web", "Site", "PageParts", "Telemetry", log, nioCore,
            ] + httpServer
        ),
        room(
            "API",
            [
                "Kernel", "Database", "Localization", "Audit", "PhoneNumbers", "RedisStore", "People", "Tenants",
                "Numbers", "Flows", "Calls", "Web", crypto, log, nioCore,
            ] + httpServer
        ),
        room(
            "App",
            [
                "API", "Site", "AccountPages", "CallPages", "PlatformPages", "TenantPages", "Credentials", "Mail",
                "Outbox", "People", "Kernel", "Telemetry", "Database", "Localization", "PhoneNumbers", "RedisStore",
                "Twilio", "Speech",
                "LanguageModel", "Stripe", "Secrets", "Audit", "Tenants", "Numbers", "Flows", "Calls", "Web",
                argumentParser, asyncHTTPClient, lifecycle, log, nioCore, nioHTTP1, unixSignals,
            ]
        ),
        .executableTarget(name: "VoiceAgentCommand", dependencies: ["App", argumentParser], swiftSettings: settings),

        // The outside world, at the other end of a wire.
        room(
            "Sandbox",
            [
                "Kernel", "Speech", argumentParser, asyncHTTPClient, crypto,
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"), log, nioCore, nioPosix, nioHTTP1, nioWebSocket,
            ] + grpc + httpServer
        ),
        .executableTarget(name: "SandboxCommand", dependencies: ["Sandbox", argumentParser], swiftSettings: settings),

        // The media plane alone, under load.
        room(
            "Bench",
            [
                "Kernel", "Telemetry", "Database", "Audit", "Flows", "Calls", "Speech", "LanguageModel", "Twilio",
                "Web",
                argumentParser, asyncHTTPClient, .product(name: "HTTPTypes", package: "swift-http-types"), lifecycle,
                log, nioCore, nioPosix, nioHTTP1, nioWebSocket, unixSignals,
            ]
        ),
        .executableTarget(name: "BenchCommand", dependencies: ["Bench", argumentParser], swiftSettings: settings),

        room(
            "PageTestSupport",
            ["Kernel", "Localization", "Tenants", "Web", "Site", "TestSupport", log, nioCore] + httpServer
        ),
        room(
            "TestSupport",
            ["Kernel", "Telemetry", "Database", "Audit", "Secrets", crypto, log, nioCore, nioPosix, nioHTTP1]
        ),
        tests("Kernel"),
        tests("PhoneNumbers", ["PhoneNumbers"], exclude: ["Fixtures"]),
        tests("Telemetry", ["Telemetry"]),
        tests("Database", ["Database"]),
        tests("RedisStore", ["RedisStore", "Telemetry", log, nioCore, nioEmbedded, nioPosix]),
        tests("Twilio", ["Twilio", asyncHTTPClient, crypto, nioCore]),
        tests(
            "Speech",
            ["Speech", "Telemetry", asyncHTTPClient, log, .product(name: "CryptoExtras", package: "swift-crypto")]
                + grpc
        ),
        tests("LanguageModel", ["LanguageModel", asyncHTTPClient]),
        tests("Stripe", ["Stripe", asyncHTTPClient]),
        tests("Secrets", ["Secrets", crypto]),
        tests("Credentials", ["Credentials", crypto]),
        tests("Mail", ["Mail", nioCore, nioPosix]),
        tests("Outbox", ["Outbox", "Mail", "Database", "Localization", "Secrets", "Telemetry", log]),
        tests(
            "People",
            [
                "People", "Audit", "Credentials", "Database", "Localization", "Outbox", "RedisStore", "Secrets",
                "Telemetry", crypto, log,
            ]
        ),
        tests("Localization", ["Localization"]),
        tests("Audit", ["Audit", "Database"]),
        tests(
            "Tenants",
            [
                "Audit", "Tenants", "Database", "Localization", "Secrets", "People", "Outbox", "Credentials",
                "Telemetry",
                log,
            ]
        ),
        tests("Numbers", ["Audit", "Numbers", "Database", "Tenants", "Flows", "PhoneNumbers", "Twilio"]),
        tests("Flows", ["Audit", "Flows", "Database", "Localization", "Tenants"]),
        tests(
            "Calls",
            [
                "Audit", "Calls", "Database", "Tenants", "Numbers", "Flows", "RedisStore", "Speech", "LanguageModel",
                "Localization", "Telemetry", "Twilio", log,
            ]
        ),
        tests(
            "Web",
            [
                "Web", "Calls", "CBrotliDecoder", "Database", "Flows", "Localization", "Twilio", "Telemetry",
                crypto, asyncHTTPClient,
                lifecycle, log, nioCore, nioPosix, nioEmbedded, nioHTTP1, nioWebSocket,
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
            ] + httpServer
        ),
        tests(
            "Site",
            [
                "Site", "Web", "Credentials", "Database", "Localization", "Audit", "People", "Tenants", "Telemetry",
                asyncHTTPClient,
                lifecycle, log, nioCore,
            ] + httpServer
        ),
        tests(
            "AccountPages",
            [
                "AccountPages", "Site", "Web", "Credentials", "Database", "Localization", "Outbox", "People",
                "RedisStore", "Secrets", "Telemetry", "Tenants", crypto, log, nioCore,
            ] + httpServer
        ),
        tests(
            "CallPages",
            [
                "CallPages", "Site", "Web", "Audit", "Calls", "Credentials", "Database", "Flows", "Localization",
                "Numbers",
                "People", "RedisStore", "Telemetry", "Tenants", log, nioCore,
            ] + httpServer
        ),
        tests("PageParts", ["PageParts", "Audit", "Localization", "Numbers", "PhoneNumbers", "Site"]),
        tests(
            "TenantPages",
            [
                "TenantPages", "PageParts", "PageTestSupport", "Site", "Web", "Audit", "Credentials", "Database",
                "Flows", "Localization", "Numbers", "Outbox", "PhoneNumbers", "People", "Secrets", "Telemetry",
                "Tenants", "Twilio", crypto, log, nioCore,
            ] + httpServer
        ),
        tests(
            "PlatformPages",
            [
                "PlatformPages", "PageTestSupport", "Site", "Web", "Audit", "Credentials", "Database", "Localization",
                "Numbers", "Outbox",
                "People", "Secrets", "Tenants", crypto, log, nioCore,
            ] + httpServer
        ),
        tests(
            "API",
            [
                "API", "Web", "Audit", "Calls", "Credentials", "Database", "Flows", "Localization", "Numbers", "Outbox",
                "People", "RedisStore", "Secrets", "Telemetry", "Tenants", crypto, log, nioCore,
            ] + httpServer
        ),
        tests(
            "Sandbox",
            [
                "Sandbox", "Speech", asyncHTTPClient, crypto, .product(name: "CryptoExtras", package: "swift-crypto"),
                log, nioCore, nioPosix, nioHTTP1, nioWebSocket,
            ] + grpc + httpServer
        ),
        tests("App", ["App", "Telemetry", "Web", lifecycle, log]),
        tests(
            "EndToEnd",
            [
                "App", "Audit", "Sandbox", "Calls", "Credentials", "Database", "Localization", "People",
                "Outbox", "PhoneNumbers", "Secrets", "Tenants", "Numbers", "Flows", "Web",
                .product(name: "HTTPTypes", package: "swift-http-types"), "Twilio",
                asyncHTTPClient, lifecycle, log, nioCore, nioPosix, nioHTTP1, nioWebSocket,
            ]
        ),
    ],
    cxxLanguageStandard: .cxx17
)
