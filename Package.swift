// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A library target and, beside it, its test target: `Sources/NAME` and `Tests/NAMETests`.
func library(
  _ name: String, _ dependencies: [Target.Dependency], tests: [Target.Dependency] = [],
  exclude: [String] = [], resources: [Resource] = [], linked: [LinkerSetting] = []
) -> [Target] {
  [
    .target(
      name: name, dependencies: dependencies, resources: resources, swiftSettings: strict,
      linkerSettings: linked),
    .testTarget(
      name: "\(name)Tests",
      dependencies: dependencies + tests + ["CorralTesting", .target(name: name)],
      exclude: exclude, swiftSettings: strict),
  ]
}

/// Where whatever is linked finds libraries at run time: a folder that `Scripts/configure` makes.
func found(in folder: String) -> LinkerSetting {
  .unsafeFlags([
    "-Xlinker", "-rpath", "-Xlinker", "\(Context.packageDirectory)/.deps/\(folder)",
  ])
}

let native: [Target] = [
  .systemLibrary(name: "LibTorch", pkgConfig: "libtorch"),
  .systemLibrary(name: "LibHNSW", pkgConfig: "hnswlib"),
  .systemLibrary(
    name: "LibZ", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
  .systemLibrary(
    name: "LibCrypto", pkgConfig: "libcrypto",
    providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
  .systemLibrary(
    name: "LibRedis", pkgConfig: "hiredis",
    providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
  .systemLibrary(
    name: "LibKafka", pkgConfig: "rdkafka",
    providers: [.apt(["librdkafka-dev"]), .brew(["librdkafka"])]),
  // Each file includes the operations that it calls: all of libtorch's take twice as long to compile.
  .target(
    name: "CTorch", dependencies: ["LibTorch", "CKernels"],
    cxxSettings: [.define("AT_PER_OPERATOR_HEADERS")],
    linkerSettings: [found(in: "torch/lib")]),
  .target(name: "CHNSW", dependencies: ["LibHNSW", "CKernels"]),
  .target(name: "CKernels"),
  // The page of the server, taken in by the compiler.
  .target(name: "CDashboard", exclude: ["page"]),
]

let rainbow = Target.Dependency("Rainbow")
let yams = Target.Dependency("Yams")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
/// It compiles BoringSSL, and a proxy often does the same work: `--traits TLS` asks for it.
let tls = Target.Dependency.product(
  name: "HummingbirdTLS", package: "hummingbird", condition: .when(traits: ["TLS"]))

/// The house: arrows point one way, and a test reads this list against the imports.
let house: [[Target]] = [
  library("CorralText", [rainbow]),
  library("CorralVectors", ["CKernels"]),
  library("CorralData", ["CorralVectors", "LibZ"]),
  library("CorralIndex", ["CorralVectors", "CorralData", "CKernels", "CHNSW"]),
  library("CorralSampling", ["CorralIndex", "CorralVectors", "CorralData"]),
  library("CorralBaselines", ["CorralIndex", "CorralVectors", "CorralData", "CKernels"]),
  library("CorralEvaluation", ["CorralVectors", "CorralData"]),
  library("CorralSimulation", ["CorralVectors", "CorralData"]),
  library("CorralArtifacts", ["CorralIndex", "CorralVectors", "CorralData", "LibCrypto"]),
  library("Torch", ["CTorch", "CorralVectors"], exclude: ["Golden"]),
  library(
    "CorralModels",
    ["Torch", "CorralSampling", "CorralArtifacts", "CorralIndex", "CorralVectors", "CorralData"],
    exclude: ["Golden"]),
  library(
    "CorralTraining",
    [
      "CorralModels", "CorralBaselines", "CorralEvaluation", "Torch", "CorralSampling",
      "CorralArtifacts", "CorralIndex", "CorralVectors", "CorralData",
    ]),
  library(
    "CorralServing",
    ["CorralArtifacts", "CorralIndex", "CorralVectors", "CorralData", "CorralText"]),
  library("CorralStore", ["LibCrypto", grdb, sqlite]),
  library(
    "CorralStreaming",
    ["CorralStore", "CorralVectors", "CorralData", "LibRedis", "LibKafka"], tests: [grdb],
    linked: [found(in: "clients")]),
  library(
    "CorralService",
    [
      "CorralStore", "CorralServing", "CorralSampling", "CorralArtifacts", "CorralIndex",
      "CorralVectors", "CorralData", "CorralText", logging, metrics,
    ]),
  library(
    "CorralHTTP",
    [
      "CorralService", "CorralStore", "CorralServing", "CorralVectors", "CorralText", "CDashboard",
      hummingbird, tls, logging, metrics, lifecycle,
    ]),
  library(
    "CorralSettings",
    [
      "CorralTraining", "CorralModels", "CorralEvaluation", "Torch", "CorralSampling",
      "CorralBaselines", "CorralIndex", "CorralVectors", "CorralData", "CorralText", yams,
    ]),
  library(
    "CorralPipeline",
    [
      "CorralSettings", "CorralServing", "CorralTraining", "CorralModels", "CorralEvaluation",
      "Torch", "CorralSampling", "CorralBaselines", "CorralArtifacts", "CorralIndex",
      "CorralVectors", "CorralData", "CorralText", "CKernels",
    ], exclude: ["Fixtures"]),
  library(
    "CorralLive",
    [
      "CorralPipeline", "CorralSettings", "CorralStreaming", "CorralStore", "CorralTraining",
      "CorralModels", "CorralEvaluation", "CorralSampling", "CorralArtifacts", "CorralIndex",
      "CorralVectors", "CorralData",
    ]),
  library(
    "CorralExperiments",
    [
      "CorralPipeline", "CorralSettings", "CorralTraining", "CorralModels", "CorralEvaluation",
      "CorralSampling", "CorralArtifacts", "CorralVectors", "CorralData", "CorralText", yams,
    ], exclude: ["Golden"], resources: [.embedInCode("Studies")]),
]

/// What `import Corral` brings.
let umbrella: [Target.Dependency] = [
  "CorralVectors", "CorralData", "CorralIndex", "CorralSampling", "CorralBaselines",
  "CorralEvaluation", "CorralArtifacts", "CorralModels", "CorralTraining", "CorralServing",
  "CorralPipeline",
]
/// What the programs of this package use besides.
let inner: [Target.Dependency] = ["Torch", "CorralText", "CorralSettings"]
/// What `corral stream` uses.
let live: [Target.Dependency] = ["CorralLive", "CorralStreaming"]
/// What `corral serve` uses.
let served: [Target.Dependency] = [
  "CorralHTTP", "CorralService", "CorralStore", logging, metrics, lifecycle,
]

let package = Package(
  name: "corral",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "corral", targets: ["CorralCLI"]),
    .library(name: "Corral", targets: ["Corral"]),
  ],
  traits: [
    .trait(name: "TLS", description: "`corral serve` can speak TLS by itself.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    // `make docs` alone uses it; nothing of it is compiled otherwise.
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: native + house.flatMap(\.self) + [
    .target(name: "Corral", dependencies: umbrella, swiftSettings: strict),
    .executableTarget(
      name: "CorralCLI",
      dependencies: umbrella + inner + served + live + [
        "CorralExperiments", "CorralSimulation", arguments, yams,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CorralCLITests",
      dependencies: umbrella + inner + served + [
        "Corral", "CorralCLI", "CorralExperiments", "CorralSimulation", "CorralTesting", arguments,
        yams,
      ],
      exclude: ["Fixtures"], swiftSettings: strict),
    // Corral's side of `make bench`.
    .executableTarget(
      name: "CorralBench", dependencies: umbrella + inner + [arguments],
      path: "Benchmarks/Sources/CorralBench", swiftSettings: strict),
    // What every test target shares: planted data, temporary folders, contract checks.
    .target(
      name: "CorralTesting",
      dependencies: ["CorralVectors", "CorralData", "CorralIndex", "CorralServing"],
      path: "Tests/CorralTesting", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
