package wiring

import "github.com/secretwright/secretwright/internal/yamlnode"

// How resources are read.
var (
	field    = yamlnode.Field
	resolved = yamlnode.Resolved
	at       = yamlnode.At
	value    = yamlnode.Value
	elements = yamlnode.Elements
	remove   = yamlnode.Remove
)

// How they are edited.
var (
	set     = yamlnode.Set
	setText = yamlnode.SetText
	add     = yamlnode.Append
	child   = yamlnode.MapAt
)

// What edits are made of.
var (
	text    = yamlnode.Text
	mapping = yamlnode.Map
)
