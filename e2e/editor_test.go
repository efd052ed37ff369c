package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestEditor has the YAML language server that editors run complete, explain and check the example of the README by our
// schema, over its protocol as an editor does.
func TestEditor(t *testing.T) {
	example := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(readFile(t,
		filepath.Join(root, "README.md")))[1]
	s := startLanguageServer(t)

	if found := s.diagnostics(t, example); len(found) > 0 {
		t.Errorf("the README's example has problems: %v", found)
	}
	broken := strings.Replace(example, "usedBy:", "usedby:", 1)
	if found := s.diagnostics(t, broken); len(found) == 0 || !strings.Contains(found[0], "usedby") {
		t.Errorf("an unknown field is not found: %v", found)
	}
	broken = strings.Replace(example, "  data:\n", "  rollout: sometimes\n  data:\n", 1)
	if found := s.diagnostics(t, broken); len(found) == 0 || !strings.Contains(found[0], "nameSuffixHash") {
		t.Errorf("a value that cannot be is not found: %v", found)
	}

	line, column := at(t, example, "usedBy:", 2)
	hover := string(s.ask(t, "textDocument/hover", example, line, column))
	if !strings.Contains(hover, "UsedBy") {
		t.Errorf("usedBy is not explained: %s", hover)
	}

	text := strings.Replace(example, "  usedBy:\n", "  ro\n  usedBy:\n", 1)
	line, column = at(t, text, "  ro\n", len("  ro"))
	if labels := completions(t, s.ask(t, "textDocument/completion", text, line, column)); !slices.Contains(labels,
		"rollout") {
		t.Errorf("rollout is not offered among %v", labels)
	}
	text = strings.Replace(example, "  usedBy:\n", "  rollout: \n  usedBy:\n", 1)
	line, column = at(t, text, "  rollout: ", len("  rollout: "))
	labels := completions(t, s.ask(t, "textDocument/completion", text, line, column))
	for _, want := range []string{"nameSuffixHash", "checksumAnnotation", "none"} {
		if !slices.Contains(labels, want) {
			t.Errorf("%s is not offered among %v", want, labels)
		}
	}
}

// at is the line and column, from zero, that lie some bytes into the first place of a part of a text.
func at(t *testing.T, text, part string, into int) (line, column int) {
	t.Helper()
	before, _, found := strings.Cut(text, part)
	if !found {
		t.Fatalf("%q is not in the text", part)
	}
	before += part[:into]
	return strings.Count(before, "\n"), len(before) - strings.LastIndex(before, "\n") - 1
}

func completions(t *testing.T, result json.RawMessage) []string {
	t.Helper()
	var list struct{ Items []struct{ Label string } }
	if err := json.Unmarshal(result, &list); err != nil {
		t.Fatalf("%v: %s", err, result)
	}
	var labels []string
	for _, item := range list.Items {
		labels = append(labels, item.Label)
	}
	return labels
}

// A languageServer is a YAML language server that knows our schema for secretspec.yaml.
type languageServer struct {
	in       io.Writer
	messages chan message
	uri      string
	id       int
	version  int
}

type message struct {
	ID     json.RawMessage `json:"id,omitempty"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

// startLanguageServer installs the server that editor/package-lock.json pins, and starts it until the test ends.
func startLanguageServer(t *testing.T) *languageServer {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Fatalf("%v; install.sh installs it", err)
	}
	dir := filepath.Join(root, ".bin", "e2e", "editor")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		writeFile(t, filepath.Join(dir, name), readFile(t, filepath.Join("editor", name)))
	}
	run(t, dir, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")

	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "node_modules", ".bin", "yaml-language-server"), "--stdio")
	cmd.Dir, cmd.Stderr = t.TempDir(), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &languageServer{in: in, messages: make(chan message, 100), uri: "file://" + cmd.Dir + "/secretspec.yaml"}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	go s.read(out)

	s.call(t, "initialize", map[string]any{"processId": os.Getpid(), "rootUri": nil, "capabilities": map[string]any{
		"textDocument": map[string]any{"hover": map[string]any{"contentFormat": []string{"markdown"}}}}})
	s.send(t, map[string]any{"method": "initialized", "params": map[string]any{}})
	schema := "file://" + filepath.Join(root, "schema", "secretspec.schema.json")
	s.send(t, map[string]any{"method": "workspace/didChangeConfiguration", "params": map[string]any{"settings": nil}})
	asks := s.await(t, func(m message) bool { return m.Method == "workspace/configuration" })
	settings := map[string]any{"validate": true, "hover": true, "completion": true,
		"schemaStore": map[string]any{"enable": false}, "schemas": map[string]any{schema: "**/secretspec.yaml"}}
	s.send(t, map[string]any{"id": asks.ID, "result": []any{settings, nil, nil, nil, nil}})
	return s
}

// read passes on the server's messages until it ends.
func (s *languageServer) read(out io.Reader) {
	defer close(s.messages)
	reader := bufio.NewReader(out)
	for {
		length := 0
		for {
			line, err := reader.ReadString('\n')
			if err != nil {
				return
			}
			if line = strings.TrimSpace(line); line == "" {
				break
			}
			if value, found := strings.CutPrefix(line, "Content-Length: "); found {
				length, _ = strconv.Atoi(value)
			}
		}
		text := make([]byte, length)
		if _, err := io.ReadFull(reader, text); err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(text, &m); err != nil {
			return
		}
		s.messages <- m
	}
}

func (s *languageServer) send(t *testing.T, m map[string]any) {
	t.Helper()
	m["jsonrpc"] = "2.0"
	text, err := json.Marshal(m)
	if err == nil {
		_, err = fmt.Fprintf(s.in, "Content-Length: %d\r\n\r\n%s", len(text), text)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// await returns the next message that is the one, and answers what the server asks in between with nothing.
func (s *languageServer) await(t *testing.T, is func(message) bool) message {
	t.Helper()
	limit := time.After(waitLimit)
	for {
		select {
		case m, open := <-s.messages:
			switch {
			case !open:
				t.Fatal("the server has ended")
			case is(m):
				return m
			case m.Method != "" && m.ID != nil:
				s.send(t, map[string]any{"id": m.ID, "result": nil})
			}
		case <-limit:
			t.Fatalf("the server says nothing for %v", waitLimit)
		}
	}
}

func (s *languageServer) call(t *testing.T, method string, params any) json.RawMessage {
	t.Helper()
	s.id++
	id := strconv.Itoa(s.id)
	s.send(t, map[string]any{"id": s.id, "method": method, "params": params})
	m := s.await(t, func(m message) bool { return m.Method == "" && string(m.ID) == id })
	if m.Error != nil {
		t.Fatalf("%s: %s", method, m.Error)
	}
	return m.Result
}

// open puts a text in place of the one that the editor had.
func (s *languageServer) open(t *testing.T, text string) {
	t.Helper()
	if s.version > 0 {
		s.send(t, map[string]any{"method": "textDocument/didClose",
			"params": map[string]any{"textDocument": map[string]any{"uri": s.uri}}})
	}
	s.version++
	s.uri = strings.TrimSuffix(s.uri, "/secretspec.yaml") + fmt.Sprintf("/%d/secretspec.yaml", s.version) // never an answer to an older text
	s.send(t, map[string]any{"method": "textDocument/didOpen", "params": map[string]any{"textDocument": map[string]any{
		"uri": s.uri, "languageId": "yaml", "version": 1, "text": text}}})
}

// diagnostics are the messages of what the server finds in a text.
func (s *languageServer) diagnostics(t *testing.T, text string) []string {
	t.Helper()
	s.open(t, text)
	var found struct {
		URI         string
		Diagnostics []struct{ Message string }
	}
	s.await(t, func(m message) bool {
		return m.Method == "textDocument/publishDiagnostics" && json.Unmarshal(m.Params, &found) == nil && found.URI == s.uri
	})
	var out []string
	for _, d := range found.Diagnostics {
		out = append(out, d.Message)
	}
	return out
}

// ask asks for something at a place of a text.
func (s *languageServer) ask(t *testing.T, method, text string, line, column int) json.RawMessage {
	t.Helper()
	s.open(t, text)
	return s.call(t, method, map[string]any{"textDocument": map[string]any{"uri": s.uri},
		"position": map[string]any{"line": line, "character": column}})
}
