// Package manifests reads manifest files and ResourceLists as text.
//
// [Parse] splits a file into its documents. The text of the documents, joined, is the file, byte for byte. A [Reader]
// reads files and folders, each file once.
package manifests
