// swift-tools-version: 6.3
import PackageDescription

/// What every Swift target is built with: Swift 6 mode (from the tools version), the coming language
/// defaults, and no warning left standing.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// The targets that touch neither C nor memory by hand.
let pure: [SwiftSetting] = strict + [.strictMemorySafety()]

let bigInt: Target.Dependency = .product(name: "BigInt", package: "BigInt")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

// The order is the architecture's: a target depends only on targets that stand above it.
let package = Package(
    name: "sonde",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "SafeExpression", targets: ["SafeExpression"]),
        .library(name: "AgentProtocol", targets: ["AgentProtocol"]),
        .executable(name: "sonde", targets: ["sonde"]),
    ],
    dependencies: [
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        // Without its default trait, which would bring Foundation in.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .target(name: "SafeExpression", dependencies: [bigInt], swiftSettings: pure),
        .target(name: "AgentProtocol", dependencies: ["SafeExpression"], swiftSettings: pure),

        .target(name: "CSondeSystem"),
        .target(
            name: "CSondeAgentBundle",
            cSettings: [.define("SONDE_CARRIES_COMPILED_AGENT", .when(configuration: .release))]),
        .systemLibrary(name: "CPython", pkgConfig: "python3", providers: [.apt(["libpython3-dev"])]),
        .target(name: "CSondePython", dependencies: ["CPython"]),
        .target(name: "CEditLine", linkerSettings: [.linkedLibrary("edit")]),

        .target(name: "ProcessInspection", dependencies: ["CSondeSystem"], swiftSettings: strict),
        .target(name: "PythonRuntime", dependencies: ["CSondePython"], swiftSettings: strict),
        .target(
            name: "AgentBundle", dependencies: ["CSondeAgentBundle"], exclude: ["Python"], swiftSettings: strict),
        .target(
            name: "Attach", dependencies: ["CSondeSystem", "ProcessInspection", "PythonRuntime", "AgentBundle"],
            swiftSettings: strict),
        .target(
            name: "AgentClient", dependencies: ["SafeExpression", "AgentProtocol", nioCore, nioPosix],
            swiftSettings: strict),
        .target(name: "Sessions", dependencies: ["SafeExpression", "AgentProtocol"], swiftSettings: pure),
        .target(
            name: "LocalSessions",
            dependencies: [
                "SafeExpression", "AgentProtocol", "ProcessInspection", "AgentBundle", "Attach", "AgentClient",
                "Sessions",
            ],
            swiftSettings: strict),
        .target(name: "Shell", dependencies: ["SafeExpression", "AgentProtocol", "Sessions"], swiftSettings: pure),
        .target(name: "LineEditor", dependencies: ["CEditLine", "CSondeSystem"], swiftSettings: strict),
        .target(
            name: "SondeCommands",
            dependencies: [
                "SafeExpression", "ProcessInspection", "AgentBundle", "Sessions", "LocalSessions", "Shell",
                "LineEditor", argumentParser, subprocess, systemPackage,
            ],
            swiftSettings: strict),
        .executableTarget(name: "sonde", dependencies: ["SondeCommands"], swiftSettings: strict),

        .executableTarget(
            name: "ExpressionBenchmark", dependencies: ["SafeExpression"], path: "Benchmarks/ExpressionBenchmark",
            swiftSettings: strict),
        .target(
            name: "ExpressionChecks", dependencies: ["SafeExpression"], path: "Fuzzing/ExpressionChecks",
            swiftSettings: strict),

        .testTarget(
            name: "SafeExpressionTests", dependencies: ["SafeExpression", "ExpressionChecks"],
            exclude: ["Golden", "Crashers"], swiftSettings: strict),
        .testTarget(
            name: "AgentProtocolTests", dependencies: ["SafeExpression", "AgentProtocol"], swiftSettings: strict),
        .testTarget(
            name: "ProcessInspectionTests", dependencies: ["ProcessInspection", "CSondeSystem"],
            swiftSettings: strict),
        .testTarget(name: "PythonRuntimeTests", dependencies: ["PythonRuntime"], swiftSettings: strict),
        .testTarget(name: "AgentBundleTests", dependencies: ["AgentBundle"], swiftSettings: strict),
        .testTarget(name: "AttachTests", dependencies: ["Attach", "ProcessInspection"], swiftSettings: strict),
        .testTarget(
            name: "AgentClientTests", dependencies: ["AgentClient", "AgentProtocol", "SafeExpression"],
            swiftSettings: strict),
        .testTarget(
            name: "ShellTests", dependencies: ["Shell", "Sessions", "SafeExpression", "AgentProtocol"],
            swiftSettings: strict),
        .testTarget(name: "LineEditorTests", dependencies: ["LineEditor"], swiftSettings: strict),
        .testTarget(name: "SondeCommandsTests", dependencies: ["SondeCommands"], swiftSettings: strict),
    ],
    cLanguageStandard: .gnu17
)

// What scripts/fuzz builds. It links only with libFuzzer, which brings the main function.
if Context.environment["SONDE_FUZZING"] != nil {
    package.targets.append(
        .executableTarget(
            name: "ExpressionFuzzer", dependencies: ["ExpressionChecks"], path: "Fuzzing/ExpressionFuzzer",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
