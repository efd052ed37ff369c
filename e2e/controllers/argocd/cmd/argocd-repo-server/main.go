// Command argocd-repo-server answers one request as the repo-server of Argo CD does: with its own service, which
// clones the repository, finds the plugin's socket and streams the repository to it. Of the repo-server there is
// neither the listener nor Redis: the cache is in memory.
//
// It prints a JSON object with what it answers, or with the error that Argo CD shows for the Application.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/argoproj/argo-cd/v2/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v2/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v2/reposerver/cache"
	"github.com/argoproj/argo-cd/v2/reposerver/metrics"
	"github.com/argoproj/argo-cd/v2/reposerver/repository"
	"github.com/argoproj/argo-cd/v2/util/argo"
	cacheutil "github.com/argoproj/argo-cd/v2/util/cache"
	"github.com/argoproj/argo-cd/v2/util/git"
)

// A request is what an Application says of its source.
type request struct {
	repo, path, plugin, work string
}

// An answer is what comes of a request.
type answer struct {
	SourceType string                             `json:"sourceType,omitempty"`
	Parameters []*apiclient.ParameterAnnouncement `json:"parameters,omitempty"`
	Manifests  []string                           `json:"manifests,omitempty"`
	Error      string                             `json:"error,omitempty"`
}

func main() {
	var r request
	flag.StringVar(&r.repo, "repo", "", "the URL of a Git repository, of which the head is taken")
	flag.StringVar(&r.path, "path", ".", "the Application's folder in it")
	flag.StringVar(&r.plugin, "plugin", "", "the plugin that the Application names, or nothing to look for one")
	flag.StringVar(&r.work, "work", "", "a folder for the clone")
	details := flag.Bool("details", false, "show the details of the Application instead of its manifests")
	timeout := flag.Duration("timeout", 90*time.Second, "how long an answer may take")
	flag.Parse()

	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	ask := manifests
	if *details {
		ask = appDetails
	}
	out, err := ask(ctx, newService(r.work), r)
	if err != nil {
		out = answer{Error: err.Error()}
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // the timeout ends with the process
	}
}

func newService(work string) *repository.Service {
	store := cache.NewCache(cacheutil.NewCache(cacheutil.NewInMemoryCache(time.Hour)), time.Hour, time.Hour, time.Minute)
	constants := repository.RepoServerInitConstants{ParallelismLimit: 1}
	return repository.NewService(metrics.NewMetricsServer(), store, constants,
		argo.NewResourceTracking(), git.NoopCredsStore{}, work)
}

func (r request) source() *v1alpha1.ApplicationSource {
	source := &v1alpha1.ApplicationSource{RepoURL: r.repo, Path: r.path, TargetRevision: "HEAD"}
	if r.plugin != "" {
		source.Plugin = &v1alpha1.ApplicationSourcePlugin{Name: r.plugin}
	}
	return source
}

// manifests asks for what the Application consists of.
func manifests(ctx context.Context, s *repository.Service, r request) (answer, error) {
	response, err := s.GenerateManifest(ctx, &apiclient.ManifestRequest{
		Repo:               &v1alpha1.Repository{Repo: r.repo},
		Revision:           "HEAD",
		AppName:            "shop",
		AppLabelKey:        "app.kubernetes.io/instance",
		Namespace:          "shop",
		ApplicationSource:  r.source(),
		ProjectName:        "default",
		ProjectSourceRepos: []string{"*"},
		NoCache:            true,
	})
	if err != nil {
		return answer{}, err
	}
	return answer{SourceType: response.SourceType, Manifests: response.Manifests}, nil
}

// appDetails asks for what the UI shows when an Application is made: its type, and the parameters that the plugin
// announces.
func appDetails(ctx context.Context, s *repository.Service, r request) (answer, error) {
	response, err := s.GetAppDetails(ctx, &apiclient.RepoServerAppDetailsQuery{
		Repo:    &v1alpha1.Repository{Repo: r.repo},
		Source:  r.source(),
		AppName: "shop",
		NoCache: true,
	})
	if err != nil {
		return answer{}, err
	}
	out := answer{SourceType: response.Type}
	if response.Plugin != nil {
		out.Parameters = response.Plugin.ParametersAnnouncement
	}
	return out, nil
}
