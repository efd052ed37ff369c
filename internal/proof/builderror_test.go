package proof

import "testing"

// TestBuildError holds the reasons that are told to those that cannot quote a value.
func TestBuildError(t *testing.T) {
	const failed, fix = "kustomize build failed", "; run it to see why"
	for stderr, want := range map[string]string{
		`Error: no resource matches strategic merge patch "Secret.v1.[noGrp]/db.[noNs]": no matches for Id x`: failed +
			`: no resource matches strategic merge patch "Secret.v1.[noGrp]/db.[noNs]"` + fix,
		"Error: options.index 3 is out of bounds for value hunter2":                          failed + fix,
		"Error: unable to parse SM or JSON patch from [stringData: {p: hunter2}]":            failed + fix,
		`Error: no resource matches strategic merge patch "hunter2 with spaces": no matches`: failed + fix,
		"secretwright: error: x\nError: unable to find field \"data.x\" in replacement target": failed +
			`: unable to find field "data.x" in replacement target` + fix,
		"Error: loading generator plugins: failed to load generator: unable to find plugin root - tried: ('hunter2')": failed +
			": unable to find plugin root; install the plugins that it uses, or write without the proof with --unproven",
	} {
		if got := newBuildError(stderr).Error(); got != want {
			t.Errorf("%s:\n%s", stderr, got)
		}
	}
	if said := newBuildError("hunter2\nsecretwright: error: x\n").Said; len(said) != 1 || said[0] != "secretwright: error: x\n" {
		t.Errorf("said %q", said)
	}
}
