// Package render applies the SecretSpec in a file to the manifests in files and folders, and makes of the outcome one
// stream, files in a folder, or a diff without values.
package render
