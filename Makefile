# make demo: everything from a fresh machine to recommendations.  make test: the whole test suite.
# make bench: Corral beside other systems; BENCH="--quick" hands options on.
# make docs: the documentation as web pages, in .build/documentation.
export PKG_CONFIG_PATH := $(CURDIR)/.deps/pkgconfig:$(PKG_CONFIG_PATH)
SWIFT_SOURCES := Sources Tests Benchmarks/Sources Examples/App Package.swift
SWIFT_FLAGS := -c release
SAMPLES := .build/samples
# The articles, and the libraries that an app sees.
DOCUMENTED := Corral CorralVectors CorralData CorralIndex CorralSampling CorralBaselines CorralEvaluation \
  CorralArtifacts CorralModels CorralTraining CorralServing CorralPipeline

.PHONY: demo build test test-app test-page test-tls test-models lint format configure bench docs clean

demo: build
	.build/release/corral quickstart
	@echo "to serve it: .build/release/corral serve corral-quickstart/model, then open http://127.0.0.1:8088/"

build: configure
	swift build $(SWIFT_FLAGS) --product corral

test:
	@Scripts/configure --for-tests
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build
	$(MAKE) test-app test-page

# The example of an app, and the Swift samples of the documentation. They are a package of their own,
# which takes what is built already, since both packages share the folder .build. The plan of the other
# package, which lies there too, must not be taken for this one's.
APP_FLAGS := $(SWIFT_FLAGS) --package-path Examples/App --scratch-path .build --disable-build-manifest-caching
test-app: build
	cp Package.resolved Examples/App/
	swift build $(APP_FLAGS) --product App
	swift build $(APP_FLAGS) --product Samples
	.build/release/App Tests/CorralPipelineTests/Fixtures/format-2/mf-then-deepfm 3 \
	  | awk '{ print } END { exit NR != 10 }'
	rm -rf $(SAMPLES) && mkdir -p $(SAMPLES)
	cd $(SAMPLES) && ../release/corral data synthesize films --users 100 --items 80 --interactions 2000
	cd $(SAMPLES) && ../release/corral train --data films --set train.epochs=1 --out films-model --quiet
	cd $(SAMPLES) && ../release/Samples

# The server's page in a headless Chromium; without one on this machine nothing is checked.
test-page: build
	Scripts/check-dashboard

# `corral serve` with TLS of its own. It compiles BoringSSL, in a folder of its own: some minutes the first time.
TLS_FLAGS := $(SWIFT_FLAGS) --scratch-path .build/tls --product corral --traits TLS
test-tls: configure
	swift build $(TLS_FLAGS)
	CORRAL="$$(swift build $(TLS_FLAGS) --show-bin-path)/corral" python3 Tests/Server/tls.py

# The tests of CorralModels alone, in debug mode: make test-models FILTER=RetrieverGoldenTests
FILTER ?= CorralModelsTests
test-models: configure
	swift test --filter "$(FILTER)"

lint:
	swift format lint --strict --parallel -r $(SWIFT_SOURCES)

format:
	swift format --in-place --parallel -r $(SWIFT_SOURCES)

configure:
	@Scripts/configure

bench: build
	swift build $(SWIFT_FLAGS) --product CorralBench
	Benchmarks/run $(BENCH)

# Warnings are errors: a link to a name that is gone is one.
docs: configure
	rm -rf .build/corral.doccarchive .build/documentation
	swift package --allow-writing-to-directory .build/corral.doccarchive generate-documentation \
	  $(addprefix --target ,$(DOCUMENTED)) --enable-experimental-combined-documentation \
	  --warnings-as-errors --output-path .build/corral.doccarchive
	"$$(xcrun --find docc 2>/dev/null || command -v docc)" process-archive transform-for-static-hosting \
	  .build/corral.doccarchive --output-path .build/documentation
	@echo "to read it: python3 -m http.server -d .build/documentation, then localhost:8000/documentation/corral"

clean:
	rm -rf .build
