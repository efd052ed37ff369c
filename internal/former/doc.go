// Package former tells which Secrets among the resources earlier runs made, and which SecretSpec each belongs to now.
package former
