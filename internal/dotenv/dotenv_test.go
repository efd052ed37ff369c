package dotenv_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/joho/godotenv"

	"github.com/secretwright/secretwright/internal/dotenv"
)

// texts are what the readings differ in.
var texts = []string{
	"", "\n", "A=b", "A=b\r\nB=c\r\n", "A=\n", "A=\nB=c\n", " A = b \n", "A: b\n", "export " +
		"A=b\n", "export\tA=b\n", "exportA=b\n", "export=b\n", "export ",
	"A=b # c\n", "A=b#c\n", "A=#c\n", "A= #c\n", "A=b # c # d\n", "# c\nA=b\n", "#c", "A='b'\n", "A='b # " +
		"c'\n", "A=\"b\"\n", "A=\"b\" # c\n", "A=\"b\" c\n",
	"A=\"\"\"b\"\"\"\n", "A='it''s'\n", "A=\"b\\\"c\"\n", "A='b\\'c'\n", "A=\"b\nc\"\nD=e\n", "A='b\nc'\n",
	"A=\"b\n", "A='", "A=\"", "A=\"\"", "A=''\n", "A",
	"A\n", "A\nB=c\n", "=b\n", "A-B=c\n", "A " +
		"B=c\n", "A.B=c\n", "Ä=b\n", "é=1\n", "\xc3\xa0=1\n", "A=ä\n", "A=\xff\n", "A=\"\xff\\\xff\"\n", "\ufeffA=b\n",
	"A=b\nC=$A\n", "A=b\nC=${A}\n", "A=b\nC=$(A)\n", "A=b\nC=\\$A\n", "A=b\nC=\"\\$A\"\n", "A=b\nC='$A'\n",
	"C=$A\nA=b\n", "C=$NOPE.\n", "C=$$\n", "C=$a\n",
	"C=${}\n", "C=${A\n", "C=$A}\n", "C=\\\\$A\n", "C=\"\\\\$A\"\n", "A=a\\nb\n", "A=\"a\\nb\\rc\\td\"\n",
	"A=\"a\\\\nb\"\n", "A=\"a\\\nb\"\n", "A=\"a\\\\\\\nb\"\n",
	"A=b\nA=c\nA=$A$A\n", "A=b\x85\n", "A=\u00a0b\u00a0\n", "A=\vb\n", "A=b\rC=d\n", "A=b=c\n",
	"A={\"key\":\"-----BEGIN\\nX\\n\"}\n", "A=\"b\"C=d\n", "A=b'\n",
	"A=\"b'\n", "A=b\\", "A=\"\\", "\x00=a\n", "A=\x00\n", "A=b\n\n\n  # c\n\tB=c",
	"A=\"say \\\"hi\\\"\"\n", "A='say \\'hi\\''\n",
}

// TestGodotenv holds the reading to the library that ksops uses.
func TestGodotenv(t *testing.T) {
	for _, text := range texts {
		likeTheLibrary(t, text)
	}
}

func FuzzGodotenv(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(likeTheLibrary)
}

func likeTheLibrary(t *testing.T, text string) {
	if strings.Count(text, "$") > 20 {
		return // the library may expand it to more than there is memory
	}
	want, wantErr := godotenv.Unmarshal(text)
	entries, err := dotenv.Godotenv([]byte(text))
	if (err != nil) != (wantErr != nil) {
		t.Fatalf("%q: %v, but the library has %v", text, err, wantErr)
	}
	if err != nil {
		return
	}
	got := map[string]string{}
	last := 1
	for _, entry := range entries {
		got[entry.Key] = entry.Value
		if entry.Line < last || entry.Line > 1+strings.Count(text, "\n") {
			t.Fatalf("%q: %s is in line %d", text, entry.Key, entry.Line)
		}
		last = entry.Line
	}
	if !maps.Equal(got, want) {
		t.Fatalf("%q: (-library +got):\n%s", text, cmp.Diff(want, got))
	}
}

// TestGodotenvIsBounded expands variables to 2^40 bytes.
func TestGodotenvIsBounded(t *testing.T) {
	text := "A=ab\n"
	for range 40 {
		text += "A=$A$A\n"
	}
	_, err := dotenv.Godotenv([]byte(text))
	var problem *dotenv.Error
	if !errors.As(err, &problem) || problem.Line < 20 {
		t.Errorf("it is read: %v", err)
	}
}

func TestErrorsDoNotQuote(t *testing.T) {
	for text, want := range map[string]string{
		"A=b\n\nhunter2-x=c\n": "line 3: a key has a character that is not a letter, a digit, _ or .",
		"A=b\n B=\"hunter2\n":  "line 2: a quote is not closed",
		"export ":              "line 1: export is not followed by a key",
	} {
		if _, err := dotenv.Godotenv([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := dotenv.Kustomize([]byte("A=b\nB=\xff\n")); err == nil || err.Error() != "line 2: it is not UTF-8" {
		t.Errorf("%v", err)
	}
}

func TestKustomize(t *testing.T) {
	got, err := dotenv.Kustomize([]byte("\ufeff A=b \r\n# c\n\nB=\"c\\n\" # d\nC\nD= e=f\nA=again"))
	if err != nil {
		t.Fatal(err)
	}
	want := []dotenv.Entry{
		{Key: "A", Value: "b ", Line: 1}, {Key: "B", Value: `"c\n" # d`, Line: 4}, {Key: "C", Line: 5, Bare: true},
		{Key: "D", Value: " e=f", Line: 6}, {Key: "A", Value: "again", Line: 7},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestInner has variables that follow others in their line: of text that was decrypted, such a key is a part of a
// value.
func TestInner(t *testing.T) {
	for text, want := range map[string][]bool{
		"A=b\nC=d\n":                {false, false},
		" A=b\n\t export C=d":       {false, false},
		"A=\"b\" C=d\nE=f":          {false, true, false},
		"A='b'C=d":                  {false, true},
		"A=b\rC=d":                  {false, true},
		"A=\"b\nc\" C=d\r\n# \nE=f": {false, true, false},
	} {
		entries, err := dotenv.Godotenv([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var got []bool
		for _, entry := range entries {
			got = append(got, entry.Inner)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}
