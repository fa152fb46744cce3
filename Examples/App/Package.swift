// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "app",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "corral", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "App", dependencies: [.product(name: "Corral", package: "corral")]),
    // The Swift samples of the README and of the articles: a test compares them with these files.
    .executableTarget(
      name: "Samples", dependencies: [.product(name: "Corral", package: "corral")]),
  ]
)
