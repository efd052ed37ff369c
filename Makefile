# Everything here needs Go, git and make, and nothing else; the first run fetches Go modules.

GO ?= go
BIN := .bin
LDFLAGS := -s -w

.DEFAULT_GOAL := help

.PHONY: help
help: ## List what can be done here
	@grep -hE '^[a-z0-9.%/-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

.PHONY: build
build: $(BIN)/secretwright ## Build the binary into .bin/

.PHONY: $(BIN)/secretwright
$(BIN)/secretwright:
	@mkdir -p $(BIN)
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $@ .

.PHONY: demo
demo: ## Show what goes in and what comes out, with an example key
	@MAKE='$(MAKE)' examples/demo.sh --build

.PHONY: test
test: ## Run the tests (they build the pinned sops and kustomize)
	$(GO) test -timeout 30m ./...

.PHONY: test-gpg
test-gpg: ## Run the tests with PGP keys (they need gpg)
	$(GO) test -tags gpg -run PGP ./internal/sopsfile

.PHONY: race
race: ## Run the tests with the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -timeout 40m ./...

.PHONY: lint
lint: $(BIN)/golangci-lint $(BIN)/actionlint $(BIN)/deadcode ## Run the pinned linters
	$(BIN)/actionlint
	@# Nothing here calls what a library's users do.
	@echo deadcode; dead=$$($(BIN)/deadcode . | grep -v '^fn/'); test -z "$$dead" || { echo "$$dead"; exit 1; }
	$(BIN)/golangci-lint run --build-tags gpg ./...
	@$(GO) mod tidy -diff
	@cd tools && $(GO) mod tidy -diff
	@cd tools/check && $(GO) mod tidy -diff
	cd tools/release && ../../$(BIN)/golangci-lint run ./notices
	cd tools/man && ../../$(BIN)/golangci-lint run ./... && $(GO) mod tidy -diff
	cd e2e && ../$(BIN)/golangci-lint run ./... && $(GO) mod tidy -diff
	cd e2e/servers && ../../$(BIN)/golangci-lint run ./... && $(GO) mod tidy -diff
	cd e2e/kubernetes && ../../$(BIN)/golangci-lint run ./... && for mod in *.mod; do $(GO) mod tidy -diff -modfile=$$mod || exit 1; done
	cd e2e/controllers/argocd && ../../../$(BIN)/golangci-lint run ./... && $(GO) mod tidy -diff
	cd e2e/controllers/flux && ../../../$(BIN)/golangci-lint run ./... && $(GO) mod tidy -diff
	cd e2e/tekton && ../../$(BIN)/golangci-lint run ./... && $(GO) mod tidy -diff
	@for module in e2e/versions/*/; do (cd $$module && $(GO) mod tidy -diff) || exit 1; done
	cd e2e/helm && $(GO) mod tidy -diff

.PHONY: generate
generate: ## Write the golden files, the JSON Schema and what else is made from the code anew
	$(GO) test ./schema -update
	@# What is made from the schema is built with it.
	$(GO) test ./internal/report ./internal/splice ./internal/dotenv ./internal/sopsfile ./fn ./examples ./integrations -update

.PHONY: bench-compare
bench-compare: ## Measure whole processes beside sops and kustomize's secretGenerator
	cd e2e && $(GO) test -run '^$$' -bench Compare -benchtime 3x -timeout 40m

.PHONY: bench
bench: ## Measure: encrypted files, and a large ResourceList
	$(GO) test -run '^$$' -bench . -benchmem ./fn ./internal/sources

# How long each target is fuzzed. Minimizing what is merely interesting would take all the time.
FUZZTIME ?= 60s

.PHONY: fuzz
fuzz: ## Fuzz what parses, FUZZTIME (60s) each
	@for target in $$($(GO) test -list '^Fuzz' ./... | grep '^Fuzz'); do \
		package=$$(grep -rl "func $$target(" --include='*_test.go' . | head -n 1 | xargs dirname); \
		$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $$package || exit 1; done

# What mutation testing is for; what is below a folder goes with it.
MUTATED := ./generators ./internal/disk ./internal/references ./internal/wiring ./internal/sopsfile ./internal/manifests \
	./internal/splice ./internal/yamlnode ./internal/yamltext

.PHONY: mutation
mutation: $(BIN)/gremlins $(BIN)/sops ## Change the code in small ways, and see that a test fails each time (a day)
	@# A mutant may take as long as all tests did, times a coefficient. So they must not come from the cache, and what
	@# they need must be built before. Each result is in mutation-<package>.json.
	@for package in $(MUTATED); do \
		echo "== $$package"; $(GO) test -run '^$$' -cover $$package/... > /dev/null || exit 1; \
		GOFLAGS='-count=1 -vet=off' $(BIN)/gremlins unleash --workers 2 --timeout-coefficient 5 \
			--output mutation-$$(basename $$package).json $$package || exit 1; done

.PHONY: vulncheck
vulncheck: $(BIN)/govulncheck ## Look for known vulnerabilities in what the binary calls
	$(BIN)/govulncheck ./...

.PHONY: e2e
e2e: ## Prove it against the real things: API server, kustomize, kpt, containers (Debian, as root)
	e2e/install.sh
	@# In their folders, with no package's name: else go test hides the image's size, and that kpt is missing.
	$(GO) test -count=1 -timeout=40m ./internal/layers -layers.trees=3000 -layers.seed=100000
	cd e2e/cluster && $(GO) test -count=1 -timeout=40m
	cd e2e && $(GO) test -count=1 -timeout=40m

.PHONY: site
site: ## Build docs/ into a site in .bin/site (needs node and npm; site-dev serves it as it is written)
	cd site && npm ci --no-audit --no-fund && npm run build

.PHONY: site-dev
site-dev:
	cd site && npm ci --no-audit --no-fund && npm run dev

.PHONY: completions
completions: build
	@rm -rf dist-completions && mkdir dist-completions
	@for shell in bash zsh fish powershell; do $(BIN)/secretwright completion $$shell > dist-completions/secretwright.$$shell || exit 1; done

# The commit, and the date of all that is made, so that making it again gives the same.
man release release-snapshot: export COMMIT = $(shell git rev-parse HEAD)
man release release-snapshot: export COMMIT_DATE = $(shell TZ=UTC git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ)
man release release-snapshot: export SOURCE_DATE_EPOCH = $(shell git log -1 --format=%ct)

.PHONY: man
man: ## Write the man pages into dist-man/
	@rm -rf dist-man
	cd tools/man && $(GO) run . ../../dist-man

# What a release is built for.
TARGETS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: release-files
release-files: completions man $(BIN)/notices # What a release has beside its binaries.
	@rm -rf dist-files && mkdir -p dist-files/man
	@for page in dist-man/*.1; do gzip -9nc "$$page" > "dist-files/man/$$(basename "$$page").gz" || exit 1; done
	$(BIN)/notices $(TARGETS) > dist-files/THIRD_PARTY_NOTICES.txt

.PHONY: release-snapshot
release-snapshot: $(BIN)/goreleaser $(BIN)/cyclonedx-gomod ## Build all of a release but signatures and images into dist/
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/goreleaser release --snapshot --clean --skip=sign

.PHONY: release-test
release-test: $(BIN)/validate-krew-manifest ## Install and use what release-snapshot built (Debian, as root)
	cd e2e/release && $(GO) test -count=1 -timeout=20m

.PHONY: reproducible
reproducible: release-snapshot ## Build a release again in another folder, and compare
	tools/release/reproducible.sh

# The tests that write files are not for wine, since Debian's cannot remove one in an os.Root; nor are those that build commands, and
# those that compare the reading of .sops.yaml with SOPS, which does not find it on Windows by a path with slashes.
NOT_ON_WINDOWS := ^(Test(Write|Sweep|Private|ReadFolder|ReadFails).*|(Test|Fuzz)(LikeKustomize|Command|Dependencies|Rules|FindConfig|EveryFunction))$$
.PHONY: test-windows
test-windows: ## Run the tests of paths and texts as on Windows (needs wine: e2e/install.sh)
	GOOS=windows GOFLAGS="$$GOFLAGS -trimpath" $(GO) vet ./...
	e2e/windows.sh -skip '$(NOT_ON_WINDOWS)' ./internal/disk ./internal/manifests ./internal/splice ./internal/report ./internal/dotenv ./internal/sopsfile/codec \
		./internal/sopsfile/crypt ./internal/sopsfile/rulefile ./schema ./internal/generate ./internal/references ./internal/secrecy \
		./internal/templates ./internal/usedby ./internal/wiring ./internal/yamlnode

.PHONY: release
release: $(BIN)/goreleaser $(BIN)/cyclonedx-gomod ## Publish the release of the current tag (CI does)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/goreleaser release --clean $(RELEASE_FLAGS)

# The pinned tools.
TOOL_sops := github.com/getsops/sops/v3/cmd/sops
TOOL_kustomize := sigs.k8s.io/kustomize/kustomize/v5
TOOL_golangci-lint := github.com/golangci/golangci-lint/v2/cmd/golangci-lint

TOOL_gremlins := github.com/go-gremlins/gremlins/cmd/gremlins
TOOL_govulncheck := golang.org/x/vuln/cmd/govulncheck
TOOL_actionlint := github.com/rhysd/actionlint/cmd/actionlint
TOOL_deadcode := golang.org/x/tools/cmd/deadcode
TOOL_validate-krew-manifest := sigs.k8s.io/krew/cmd/validate-krew-manifest
TOOL_goreleaser := github.com/goreleaser/goreleaser/v2
TOOL_cyclonedx-gomod := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod

$(BIN)/gremlins $(BIN)/govulncheck $(BIN)/actionlint $(BIN)/deadcode $(BIN)/validate-krew-manifest: tools/check/go.mod
	@mkdir -p $(BIN)
	cd tools/check && $(GO) build -o ../../$@ $(TOOL_$(notdir $@))
	@touch $@

$(BIN)/goreleaser $(BIN)/cyclonedx-gomod: tools/release/go.mod
	@mkdir -p $(BIN)
	cd tools/release && $(GO) build -o ../../$@ $(TOOL_$(notdir $@))
	@touch $@

.PHONY: $(BIN)/notices
$(BIN)/notices:
	@mkdir -p $(BIN)
	cd tools/release && $(GO) build -o ../../$@ ./notices

$(BIN)/sops $(BIN)/kustomize $(BIN)/golangci-lint: tools/go.mod
	@mkdir -p $(BIN)
	cd tools && $(GO) build -o ../$@ $(TOOL_$(notdir $@))
	@touch $@
