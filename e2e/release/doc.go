// Package release holds what `make release-snapshot` leaves in dist/ to what a release promises: its archives and
// packages are installed and used, by the install script too. Run it with `make release-test`, as root on Debian.
package release
