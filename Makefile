# make demo: everything from a fresh machine to recommendations.  make test: the whole test suite.
# make bench: Corral beside other systems; BENCH="--quick" hands options on.
export PKG_CONFIG_PATH := $(CURDIR)/.deps/pkgconfig:$(PKG_CONFIG_PATH)
SWIFT_SOURCES := Sources Tests Benchmarks/Sources Package.swift
# The path of libtorch is known only after `configure`, so it is read when a command runs.
SWIFT_FLAGS = -c release -Xlinker -rpath -Xlinker "$$(cat .deps/torch-library-path)"

.PHONY: demo build test test-models lint format configure bench clean

demo: build
	.build/release/corral quickstart

build: configure
	swift build $(SWIFT_FLAGS) --product corral

test: configure
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build

# The tests of CorralModels alone, in debug mode: make test-models FILTER=RetrieverGoldenTests
FILTER ?= CorralModelsTests
test-models: configure
	swift test -Xlinker -rpath -Xlinker "$$(cat .deps/torch-library-path)" --filter "$(FILTER)"

lint:
	swift format lint --strict --parallel -r $(SWIFT_SOURCES)

format:
	swift format --in-place --parallel -r $(SWIFT_SOURCES)

configure:
	@Scripts/configure

bench: build
	swift build $(SWIFT_FLAGS) --product CorralBench
	Benchmarks/run $(BENCH)

clean:
	rm -rf .build
