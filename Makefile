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
demo: build ## Show what goes in and what comes out, with an example key
	@examples/demo.sh

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
lint: $(BIN)/golangci-lint ## Run the pinned golangci-lint
	$(BIN)/golangci-lint run --build-tags gpg ./...
	@$(GO) mod tidy -diff
	@cd tools && $(GO) mod tidy -diff
	@cd tools/check && $(GO) mod tidy -diff
	cd e2e && ../$(BIN)/golangci-lint run ./... && $(GO) mod tidy -diff
	cd e2e/servers && ../../$(BIN)/golangci-lint run ./... && $(GO) mod tidy -diff
	cd e2e/controllers/argocd && ../../../$(BIN)/golangci-lint run ./... && $(GO) mod tidy -diff
	cd e2e/controllers/flux && $(GO) mod tidy -diff

.PHONY: generate
generate: ## Write the golden files, the JSON Schema and what else is made from the code anew
	$(GO) test ./internal/report ./internal/dotenv ./schema ./fn ./examples -update

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

.PHONY: mutation
mutation: $(BIN)/gremlins ## Change the code in small ways, and see that a test fails each time (an hour)
	@for package in ./generators ./internal/wiring ./internal/sopsfile; do \
		echo "== $$package"; $(BIN)/gremlins unleash --timeout-coefficient 5 --output mutation-$$(basename $$package).json $$package || exit 1; done

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

.PHONY: completions
completions: build
	@rm -rf dist-completions && mkdir dist-completions
	@for shell in bash zsh fish powershell; do $(BIN)/secretwright completion $$shell > dist-completions/secretwright.$$shell || exit 1; done

.PHONY: release-snapshot
release-snapshot: $(BIN)/goreleaser ## Build the archives of a release into dist/
	$(BIN)/goreleaser release --snapshot --clean

.PHONY: release
release: $(BIN)/goreleaser ## Publish the release of the current tag (CI does)
	$(BIN)/goreleaser release --clean

# The pinned tools.
TOOL_sops := github.com/getsops/sops/v3/cmd/sops
TOOL_kustomize := sigs.k8s.io/kustomize/kustomize/v5
TOOL_golangci-lint := github.com/golangci/golangci-lint/v2/cmd/golangci-lint

TOOL_gremlins := github.com/go-gremlins/gremlins/cmd/gremlins
TOOL_govulncheck := golang.org/x/vuln/cmd/govulncheck

$(BIN)/gremlins $(BIN)/govulncheck: tools/check/go.mod
	@mkdir -p $(BIN)
	cd tools/check && $(GO) build -o ../../$@ $(TOOL_$(notdir $@))
	@touch $@

$(BIN)/goreleaser: tools/release/go.mod
	@mkdir -p $(BIN)
	cd tools/release && $(GO) build -o ../../$@ github.com/goreleaser/goreleaser/v2
	@touch $@

$(BIN)/sops $(BIN)/kustomize $(BIN)/golangci-lint: tools/go.mod
	@mkdir -p $(BIN)
	cd tools && $(GO) build -o ../$@ $(TOOL_$(notdir $@))
	@touch $@
