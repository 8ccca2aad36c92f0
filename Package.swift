// swift-tools-version:6.2
import PackageDescription

/// Every target is held to the same rules: Swift 6 language mode, spelled-out existentials, imports that say what they
/// use, and no warning left standing.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "swiftop-rbac",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "swiftop-rbac", targets: ["swiftop-rbac"]),
        // For operators in Swift; builds nothing of the command line's dependencies.
        .library(name: "SwiftopRBAC", targets: ["SwiftopRBAC"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        // C libraries of the system.
        .systemLibrary(
            name: "CLibYAML",
            pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]
        ),

        // Headers only: libcurl is opened at its first use, so that a command that asks no server does not pay for it.
        .systemLibrary(name: "CLibCurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),

        // Headers only, as with libcurl: zlib and zstd are opened where something compressed is read.
        .systemLibrary(
            name: "CCompression",
            providers: [.apt(["zlib1g-dev", "libzstd-dev"]), .brew(["zlib", "zstd"])]
        ),

        // The layers, lowest first; ARCHITECTURE in README.md says what each holds and what it never does.
        .target(name: "RBAC", swiftSettings: strict),
        .target(name: "Syntax", dependencies: ["CLibYAML"], swiftSettings: strict),
        .target(name: "Manifests", dependencies: ["RBAC", "Syntax"], swiftSettings: strict),
        .target(name: "Traces", dependencies: ["CCompression", "RBAC", "Syntax"], swiftSettings: strict),
        .target(
            name: "Profiles",
            path: "profiles",
            exclude: ["README.md"],
            resources: [.embedInCode("builtin")],
            swiftSettings: strict
        ),
        .target(name: "KubeAPI", dependencies: ["CLibCurl", "RBAC", "Syntax"], swiftSettings: strict),
        .target(name: "Diagnosis", dependencies: ["RBAC", "Syntax", "Manifests", "Traces"], swiftSettings: strict),
        .target(
            name: "Inputs",
            dependencies: ["Diagnosis", "KubeAPI", "Manifests", "Profiles", "RBAC", "Syntax", "Traces"],
            swiftSettings: strict
        ),
        .target(
            name: "Recorder",
            dependencies: [
                "Diagnosis", "KubeAPI", "Manifests", "RBAC", "Syntax", "Traces",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict
        ),
        .target(name: "Reports", dependencies: ["Diagnosis", "RBAC", "Syntax", "Traces"], swiftSettings: strict),
        .target(
            name: "SwiftopRBAC",
            dependencies: ["Diagnosis", "Inputs", "KubeAPI", "RBAC", "Reports", "Syntax", "Traces"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "swiftop-rbac",
            dependencies: [
                "Diagnosis", "Inputs", "KubeAPI", "Manifests", "Profiles", "RBAC", "Recorder", "Reports", "Syntax",
                "Traces",
                argumentParser,
            ],
            swiftSettings: strict
        ),

        .target(name: "CAllocations", path: "Benchmarks/CAllocations"),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "CAllocations", "Diagnosis", "Manifests", "RBAC", "SwiftopRBAC", "Syntax", "Traces",
            ],
            path: "Benchmarks",
            exclude: ["CAllocations"],
            swiftSettings: strict
        ),

        // Tests, one target beside each layer, and one that runs whole commands.
        .target(name: "TestSupport", path: "Tests/Support", swiftSettings: strict),
        .testTarget(name: "RBACTests", dependencies: ["RBAC", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "SyntaxTests", dependencies: ["Syntax", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ManifestsTests",
            dependencies: ["Manifests", "RBAC", "Syntax", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TracesTests",
            dependencies: ["Profiles", "RBAC", "Syntax", "Traces", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DiagnosisTests",
            dependencies: ["Diagnosis", "Manifests", "RBAC", "Syntax", "Traces", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "KubeAPITests",
            dependencies: ["KubeAPI", "RBAC", "Syntax", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ReportsTests",
            dependencies: ["Diagnosis", "RBAC", "Reports", "Syntax", "Traces", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(name: "SwiftopRBACTests", dependencies: ["SwiftopRBAC", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "BreakTests",
            dependencies: ["Diagnosis", "Inputs", "KubeAPI", "Manifests", "RBAC", "Syntax", "Traces", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RecorderTests",
            dependencies: [
                "Diagnosis", "KubeAPI", "Manifests", "RBAC", "Recorder", "Syntax", "Traces", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "CommandTests", dependencies: ["swiftop-rbac", "TestSupport"], swiftSettings: strict),
    ]
)
