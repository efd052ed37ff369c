// Package references knows what the fields of resources say that hold the name of a Secret: which read it, which have
// an operator write it, which grant access to it, and which most likely mean it though nothing says so for certain.
//
// A reference is found by its shape, in a resource of any kind: a field whose key says that it names a Secret, such as
// secretName, tlsSecretRef.name or imagePullSecrets[].name, and whose text is the name of one. [tables] has what no key
// tells: other references, the fields that have an operator write a Secret, and the rules of Roles. [PodSpecs] says
// which kinds hold a pod, and where. What has a Secret's former name and is not known to be a reference is a [Trace].
//
// Nothing here edits a resource.
package references
