// Package yamltext knows YAML as text: where its lines and documents end, and how scalars and collections are written.
package yamltext
