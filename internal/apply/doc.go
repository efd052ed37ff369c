// Package apply applies SecretSpecs to resources: it finds what uses the Secrets, opens the sources, makes the Secrets
// in the form they go out in, places them among the resources, and has what uses them refer to them.
package apply
