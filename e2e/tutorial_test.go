package e2e

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/secretwright/secretwright/e2e/cluster"
)

// TestTutorial runs docs/tutorial.md as a reader would, in an empty folder, with an empty home, and holds what is
// printed to what the page shows. The cluster is an API server with the controllers of Deployments and ReplicaSets. It
// has no scheduler and no kubelet: the objects are accepted and pods are made, but none runs. So it is held to what a
// kubelet would need: that each variable of each pod names a Secret of its namespace, and a key in it.
func TestTutorial(t *testing.T) {
	c := cluster.Start(t)
	c.StartControllers(t)
	home := newReader(t, "kustomize")
	addKubectl(t, c)
	runSteps(t, home, pageSteps(t, "tutorial.md", 20))
	podsCanRead(t, c, "shop")
}

// podsCanRead holds the pods of a namespace to the Secrets there: each key that a container has a variable from exists,
// and one container of each pod has some.
func podsCanRead(t *testing.T, c *cluster.Cluster, namespace string) {
	t.Helper()
	var secrets struct {
		Items []struct {
			Metadata struct{ Name string }
			Data     map[string][]byte
		}
	}
	var pods struct {
		Items []struct {
			Metadata struct {
				Name            string
				OwnerReferences []struct{ Kind string }
			}
			Spec struct {
				Containers []struct {
					Name string
					Env  []struct {
						ValueFrom struct{ SecretKeyRef struct{ Name, Key string } }
					}
				}
			}
		}
	}
	get(t, c, &secrets, "secrets", namespace)
	for deadline := time.Now().Add(time.Minute); len(pods.Items) < 2 &&
		time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		get(t, c, &pods, "pods", namespace) // the second is made after what the last step waits for
	}
	data := map[string]map[string][]byte{}
	for _, secret := range secrets.Items {
		data[secret.Metadata.Name] = secret.Data
	}
	if len(data) != 2 || len(pods.Items) == 0 {
		t.Fatalf("there are %d Secrets, want the old one and the new one, and %d pods", len(data), len(pods.Items))
	}
	used := map[string]bool{}
	for _, pod := range pods.Items {
		if owners := pod.Metadata.OwnerReferences; len(owners) != 1 || owners[0].Kind != "ReplicaSet" {
			t.Errorf("no ReplicaSet made the pod %s", pod.Metadata.Name)
		}
		for _, container := range pod.Spec.Containers {
			if want := map[string]int{"app": 2}[container.Name]; len(container.Env) != want {
				t.Errorf("the container %s has %d variables, want %d", container.Name, len(container.Env), want)
			}
			for _, variable := range container.Env {
				ref := variable.ValueFrom.SecretKeyRef
				used[ref.Name] = true
				if value := data[ref.Name][ref.Key]; ref.Key == "username" && string(value) != "shop" || ref.Key == "password" &&
					len(value) != 32 {
					t.Errorf("the key %s of the Secret %s holds %d bytes", ref.Key, ref.Name, len(value))
				}
			}
		}
	}
	if len(used) != 2 { // the new pods are not ready, so the old ones stay
		t.Errorf("the pods read %d Secrets, want the old one and the new one", len(used))
	}
}

// get reads all objects of a kind in a namespace.
func get(t *testing.T, c *cluster.Cluster, into any, kind, namespace string) {
	t.Helper()
	if err := json.Unmarshal([]byte(kubectl(t, c, "", "get", kind, "--namespace="+namespace, "--output=json")),
		into); err != nil {
		t.Fatal(err)
	}
}
