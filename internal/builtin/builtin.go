// Package builtin knows how Kubernetes defines the fields of its own kinds.
package builtin

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Definition is what Kubernetes defines a field to be: the Go type that its API reads it into. The zero value is that
// of a field that nothing is known of.
type Definition struct {
	reflect.Type
	// metadata is what the field `metadata` is defined to be, where nothing else is known.
	metadata reflect.Type
}

// Of returns the definition of a kind. Of those that are not Kubernetes' own only the metadata are known.
func Of(apiVersion, kind string) Definition {
	if t, ok := builtins()[apiVersion+" "+kind]; ok {
		return Definition{Type: t}
	}
	return Definition{metadata: reflect.TypeFor[metav1.ObjectMeta]()}
}

// builtins are the kinds of Kubernetes whose fields may name a Secret, and those that hold a pod.
var builtins = sync.OnceValue(func() map[string]reflect.Type {
	return map[string]reflect.Type{
		"v1 ConfigMap":                             reflect.TypeFor[corev1.ConfigMap](),
		"v1 Namespace":                             reflect.TypeFor[corev1.Namespace](),
		"v1 PersistentVolume":                      reflect.TypeFor[corev1.PersistentVolume](),
		"v1 PersistentVolumeClaim":                 reflect.TypeFor[corev1.PersistentVolumeClaim](),
		"v1 Pod":                                   reflect.TypeFor[corev1.Pod](),
		"v1 PodTemplate":                           reflect.TypeFor[corev1.PodTemplate](),
		"v1 ReplicationController":                 reflect.TypeFor[corev1.ReplicationController](),
		"v1 Service":                               reflect.TypeFor[corev1.Service](),
		"v1 ServiceAccount":                        reflect.TypeFor[corev1.ServiceAccount](),
		"apps/v1 DaemonSet":                        reflect.TypeFor[appsv1.DaemonSet](),
		"apps/v1 Deployment":                       reflect.TypeFor[appsv1.Deployment](),
		"apps/v1 ReplicaSet":                       reflect.TypeFor[appsv1.ReplicaSet](),
		"apps/v1 StatefulSet":                      reflect.TypeFor[appsv1.StatefulSet](),
		"batch/v1 CronJob":                         reflect.TypeFor[batchv1.CronJob](),
		"batch/v1 Job":                             reflect.TypeFor[batchv1.Job](),
		"networking.k8s.io/v1 Ingress":             reflect.TypeFor[networkingv1.Ingress](),
		"rbac.authorization.k8s.io/v1 Role":        reflect.TypeFor[rbacv1.Role](),
		"rbac.authorization.k8s.io/v1 ClusterRole": reflect.TypeFor[rbacv1.ClusterRole](),
		"storage.k8s.io/v1 StorageClass":           reflect.TypeFor[storagev1.StorageClass](),
	}
})

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// Known reports whether anything is known of the field.
func (d Definition) Known() bool { return d.Type != nil }

// IsText reports whether the field holds text, or may.
func (d Definition) IsText() bool { return !d.Known() || d.Kind() == reflect.String }

// IsTexts reports whether the field is a map of texts, such as annotations, whose keys are the user's own.
func (d Definition) IsTexts() bool {
	return d.Known() && d.Kind() == reflect.Map && d.Elem().Kind() == reflect.String
}

// ofType returns the definition for a type. A type that reads itself, such as a quantity, may be written in several
// ways.
func ofType(t reflect.Type) Definition {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(unmarshaler) {
		return Definition{}
	}
	return Definition{Type: t}
}

// Element returns the definition of an element of a list.
func (d Definition) Element() Definition {
	if !d.Known() || d.Kind() != reflect.Slice {
		return Definition{}
	}
	return ofType(d.Elem())
}

// Child returns the definition of a key of a map, and whether there can be that key. If not, names are those there are.
func (d Definition) Child(key string) (child Definition, ok bool, names []string) {
	switch {
	case key == "metadata" && d.metadata != nil:
		return ofType(d.metadata), true, nil
	case !d.Known():
		return Definition{}, true, nil
	case d.Kind() == reflect.Map:
		return ofType(d.Elem()), true, nil
	case d.Kind() != reflect.Struct:
		return Definition{}, false, nil
	}
	for _, field := range reflect.VisibleFields(d.Type) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" || strings.Contains(options, "inline") {
			continue
		}
		if name == key {
			return ofType(field.Type), true, nil
		}
		names = append(names, name)
	}
	return Definition{}, false, names
}
