// Package yamlnode reads and makes YAML nodes: the few helpers that every package needs which looks at resources as
// they were written.
package yamlnode
