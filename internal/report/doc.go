// Package report is the one currency for all that Secretwright says: findings, each with a stable code, the field of
// the SecretSpec, the place in a file, the message and the way out.
//
// A [Collector] is passed down and takes findings as they arise; a function that can fail in one way only returns a
// *[Finding]. Nothing above looks into a finding's text: the code and the wrapped cause decide. What is printed is made
// printable here, and no finding ever holds a byte of a decrypted value.
package report
