package wiring

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

// definition is what Kubernetes defines a field to be: the Go type that its API reads it into. The zero value is that of
// a field that nothing is known of.
type definition struct {
	reflect.Type
	// metadata is what the field `metadata` is defined to be, where nothing else is known.
	metadata reflect.Type
}

// definitionOf returns the definition of a kind. Of those that are not Kubernetes' own only the metadata are known.
func definitionOf(apiVersion, kind string) definition {
	if t, ok := builtins()[apiVersion+" "+kind]; ok {
		return definition{Type: t}
	}
	return definition{metadata: reflect.TypeFor[metav1.ObjectMeta]()}
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

// known reports whether anything is known of the field.
func (d definition) known() bool { return d.Type != nil }

// isText reports whether the field holds text, or may.
func (d definition) isText() bool { return !d.known() || d.Kind() == reflect.String }

// isTexts reports whether the field is a map of texts, such as annotations, whose keys are the user's own.
func (d definition) isTexts() bool {
	return d.known() && d.Kind() == reflect.Map && d.Elem().Kind() == reflect.String
}

// of returns the definition for a type. A type that reads itself, such as a quantity, may be written in several ways.
func of(t reflect.Type) definition {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(unmarshaler) {
		return definition{}
	}
	return definition{Type: t}
}

// element returns the definition of an element of a list.
func (d definition) element() definition {
	if !d.known() || d.Kind() != reflect.Slice {
		return definition{}
	}
	return of(d.Elem())
}

// child returns the definition of a key of a map, and whether there can be that key. If not, names are those there are.
func (d definition) child(key string) (child definition, ok bool, names []string) {
	switch {
	case key == "metadata" && d.metadata != nil:
		return of(d.metadata), true, nil
	case !d.known():
		return definition{}, true, nil
	case d.Kind() == reflect.Map:
		return of(d.Elem()), true, nil
	case d.Kind() != reflect.Struct:
		return definition{}, false, nil
	}
	for _, field := range reflect.VisibleFields(d.Type) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" || strings.Contains(options, "inline") {
			continue
		}
		if name == key {
			return of(field.Type), true, nil
		}
		names = append(names, name)
	}
	return definition{}, false, names
}
