// Kubernetes judges objects as the API server of one version of Kubernetes does when they are created or updated,
// without the server: it decodes them strictly, sets the defaults and validates, with the server's own code.
//
// Each line of its input is a JSON list of objects, which come one after the other: an object whose kind and name came
// before is an update. For each line it prints what the first object that is refused is refused for, or an empty line.
// An object that it cannot judge is an error.
//
// The go.mod file is of one version. Each of the other .mod files is of another one: go build -modfile=1.34.mod.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/api/pod"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
)

// strategies are what the server does with a new object of a kind. Those of Secrets and Pods come with the storage and
// the kubelet's client, which would be most of the build: create does what they do.
var strategies = map[schema.GroupKind]rest.RESTCreateStrategy{
	{Group: "apps", Kind: "DaemonSet"}:            daemonset.Strategy,
	{Group: "apps", Kind: "Deployment"}:           deployment.Strategy,
	{Group: "apps", Kind: "StatefulSet"}:          statefulset.Strategy,
	{Group: "batch", Kind: "CronJob"}:             cronjob.Strategy,
	{Group: "networking.k8s.io", Kind: "Ingress"}: ingress.Strategy,
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	lines := json.NewDecoder(in)
	verdicts := bufio.NewWriter(out)
	for line := 1; ; line++ {
		var texts []json.RawMessage
		if err := lines.Decode(&texts); errors.Is(err, io.EOF) {
			return verdicts.Flush()
		} else if err != nil {
			return err
		}
		verdict, err := judge(texts)
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		if _, err := fmt.Fprintln(verdicts, verdict); err != nil {
			return err
		}
	}
}

var decoder = serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict).UniversalDecoder()

// judge returns what the first of the objects that is refused is refused for, or "".
func judge(texts []json.RawMessage) (verdict string, err error) {
	before := map[string]runtime.Object{}
	for _, text := range texts {
		object, kind, err := decoder.Decode(text, nil, nil)
		if err != nil {
			return "", err
		}
		accessor, err := meta.Accessor(object)
		if err != nil {
			return "", err
		}
		// What the server sets before it validates.
		if accessor.GetNamespace() == "" {
			accessor.SetNamespace(metav1.NamespaceDefault)
		}
		accessor.SetUID("00000000-0000-0000-0000-000000000000")
		accessor.SetResourceVersion("1")
		name := kind.String() + "/" + accessor.GetNamespace() + "/" + accessor.GetName()
		var refused field.ErrorList
		if old := before[name]; old == nil {
			refused, err = create(kind.GroupKind(), object)
		} else {
			refused, err = update(object, old)
		}
		if err != nil {
			return "", err
		}
		if len(refused) > 0 {
			return strings.ReplaceAll(refused[0].Error(), "\n", " "), nil
		}
		before[name] = object
	}
	return "", nil
}

// create returns what the server refuses a new object for.
func create(kind schema.GroupKind, object runtime.Object) (field.ErrorList, error) {
	switch o := object.(type) {
	case *core.Secret:
		return validation.ValidateSecret(o), nil
	case *core.Pod:
		options := pod.GetValidationOptionsFromPodSpecAndMeta(&o.Spec, nil, &o.ObjectMeta, nil)
		options.ResourceIsPod = true
		return validation.ValidatePodCreate(o, options), nil
	}
	strategy := strategies[kind]
	if strategy == nil {
		return nil, fmt.Errorf("no rules for the kind %s", kind)
	}
	ctx := request.WithNamespace(context.Background(), metav1.NamespaceDefault)
	strategy.PrepareForCreate(ctx, object)
	return strategy.Validate(ctx, object), nil
}

// update returns what the server refuses another version of an object for.
func update(object, old runtime.Object) (field.ErrorList, error) {
	secret, is := object.(*core.Secret)
	if !is {
		return nil, fmt.Errorf("no rules for updates of %T", object)
	}
	return validation.ValidateSecretUpdate(secret, old.(*core.Secret)), nil
}
