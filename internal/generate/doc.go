// Package generate makes values from recipes such as `password:24:alnum` or `tls:web.example.com`. They are random, so
// they are made once, when they are written, and never when a SecretSpec is rendered.
package generate
