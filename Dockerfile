# The function as a container, for `kpt fn render`, and for kustomize with `container: {image: ...}`. Both base images
# can be replaced, by mirrors or, for the second, by `scratch`:
#
#   docker build --build-arg BUILD_IMAGE=mirror.example.com/golang:1.26 --build-arg RUNTIME_IMAGE=scratch .
#
# With --target argocd it is the image of Argo CD's sidecar instead, with kustomize beside: see examples/gitops/argocd.
ARG BUILD_IMAGE=docker.io/library/golang:1.26
ARG RUNTIME_IMAGE=gcr.io/distroless/static-debian12:latest

# It compiles on the machine that builds, for the platform that is asked for.
FROM --platform=${BUILDPLATFORM} ${BUILD_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY *.go ./
COPY internal/ internal/
COPY fn/ fn/
COPY generators/ generators/
COPY schema/ schema/
# What `secretwright version` says; a build from Git knows it by itself, but .git is not copied.
ARG VERSION=""
ARG TARGETOS TARGETARCH
RUN CGO_ENABLED=0 GOOS=${TARGETOS} GOARCH=${TARGETARCH} go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X github.com/secretwright/secretwright/internal/cli.Version=${VERSION}" -o /out/secretwright .
# kpt runs containers as the user `nobody`, and one whose /etc/passwd does not have it does not start. Key management
# services are spoken to over TLS, which needs the certificates.
RUN mkdir -p /out/etc/ssl/certs && \
    printf 'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n' > /out/etc/passwd && \
    printf 'root:x:0:\nnobody:x:65534:\n' > /out/etc/group && \
    cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/

# The kustomize that the tests of Secretwright run with: the version is in tools/go.mod.
FROM --platform=${BUILDPLATFORM} ${BUILD_IMAGE} AS kustomize
WORKDIR /src/tools
COPY tools/go.mod tools/go.sum ./
ARG TARGETOS TARGETARCH
RUN CGO_ENABLED=0 GOOS=${TARGETOS} GOARCH=${TARGETARCH} go build -trimpath -buildvcs=false -ldflags "-s -w" \
    -o /out/kustomize sigs.k8s.io/kustomize/kustomize/v5

FROM ${RUNTIME_IMAGE} AS function
LABEL org.opencontainers.image.title="Secretwright" \
      org.opencontainers.image.description="A KRM function that makes Kubernetes Secrets from SOPS-encrypted sources, and the references to them" \
      org.opencontainers.image.source="https://github.com/secretwright/secretwright" \
      org.opencontainers.image.url="https://github.com/secretwright/secretwright" \
      org.opencontainers.image.documentation="https://secretwright.github.io/secretwright/" \
      org.opencontainers.image.vendor="Secretwright" \
      org.opencontainers.image.licenses="Apache-2.0" \
      io.artifacthub.package.readme-url="https://raw.githubusercontent.com/secretwright/secretwright/main/README.md" \
      io.artifacthub.package.license="Apache-2.0" \
      io.artifacthub.package.category="security" \
      io.artifacthub.package.keywords="secrets,sops,kustomize,kpt,gitops,krm"
COPY --from=build /out/etc/ /etc/
COPY --from=build /out/secretwright /usr/local/bin/secretwright
USER 65534:65534
# Files of sources are read from here and below, and from nowhere else: mount them at /work.
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/secretwright"]

# The sidecar runs argocd-cmp-server, which the repo-server's init container copies to /var/run/argocd.
FROM function AS argocd
LABEL org.opencontainers.image.title="Secretwright for Argo CD" \
      org.opencontainers.image.description="The sidecar of Argo CD's repo-server that renders with Secretwright and kustomize"
COPY --from=kustomize /out/kustomize /usr/local/bin/kustomize
# Argo CD's own user, and where its commands are looked for.
USER 999:999
ENV PATH=/usr/local/bin
WORKDIR /
ENTRYPOINT ["/var/run/argocd/argocd-cmp-server"]

# What is built when no --target is given.
FROM function
