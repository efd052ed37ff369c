package report

// Guard is deferred where SOPS, and the parsers under it, meet a document. They are not written for hostile input: a
// panic there is a fault of the document, and its text, which may quote the document, goes nowhere.
func Guard(f **Finding) {
	if recover() != nil {
		*f = New(MalformedDocument, "it cannot be read: it is malformed",
			"write it anew with the sops command")
	}
}
