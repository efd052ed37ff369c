package e2e

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// browser returns Debian's Chromium, which install.sh installs.
func browser(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("there is no chromium on the PATH; run e2e/install.sh")
	}
	return path
}

// chromium runs the browser, which may look up no host, on a page.
func chromium(t *testing.T, page string, args ...string) string {
	t.Helper()
	args = append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + t.TempDir()}, args...)
	return run(t, t.TempDir(), browser(t), append(args, page)...)
}

// hostileType is a type of a Secret that would like to be more than text.
const hostileType = "  type: \"example.com/<script>document.title='run'</script>\"\n"

// treePages is a SecretSpec over two namespaces.
var treePages = map[string]string{
	"spec.yaml": `apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata: {name: shop}
secrets:
- name: database
  data: {user: {value: shop, public: true}, url: {value: "db:5432", public: true}}
  usedBy:
  - {kind: Deployment, name: web, containers: [app], env: {DATABASE_URL: url}}
  - {kind: CronJob, name: backup, containers: [dump], volume: {mountPath: /etc/db}}
- name: mail
` + hostileType + `  data: {host: {value: mail, public: true}}
  usedBy: [{kind: Deployment, name: web, containers: [proxy], envFrom: {prefix: MAIL_}}]
`,
	"deploy/web.yaml": strings.Replace(web, "{name: web}", "{name: web, namespace: shop}", 1),
	"deploy/backup.yaml": `apiVersion: batch/v1
kind: CronJob
metadata: {name: backup, namespace: jobs}
spec: {schedule: "0 3 * * *", jobTemplate: {spec: {template: {spec: {containers: [{name: dump}]}}}}}
`,
}

// row matches a row of the table as the browser has it, and whether it is hidden.
var row = regexp.MustCompile(`<tr( hidden="")?><td>.*?</tr>`)

// TestBrowser looks at `tree -o html` in a real browser: the filter works, and no text of it becomes markup.
func TestBrowser(t *testing.T) {
	setUp(t, "testdata", "secretwright")
	dir := t.TempDir()
	for name, text := range treePages {
		writeFile(t, filepath.Join(dir, name), text)
	}
	page := filepath.Join(dir, "secrets.html")
	writeFile(t, page, run(t, dir, command(t, "secretwright"), "tree", "-o", "html", "spec.yaml", "deploy"))
	for filter, want := range map[string]struct {
		shown int
		count string
	}{
		"":                {3, "3 of 3"},
		"#jobs":           {1, "1 of 3"},
		"#shop%20PROXY":   {1, "1 of 3"},
		"#database%20app": {1, "1 of 3"},
		"#nothing":        {0, "0 of 3"},
		"#%":              {3, "3 of 3"},
	} {
		dom := chromium(t, "file://"+page+filter, "--dump-dom")
		shown := 0
		for _, found := range row.FindAllStringSubmatch(dom, -1) {
			if found[1] == "" {
				shown++
			}
		}
		if shown != want.shown || !strings.Contains(dom, `<span id="count" role="status">`+want.count+"</span>") {
			t.Errorf("filter %q: %d rows are shown, want %d, %s:\n%s", filter, shown, want.shown, want.count, dom)
		}
		if strings.Count(dom, "<script>") != 1 || !strings.Contains(dom, "<title>Who can read what</title>") {
			t.Errorf("filter %q: a text became markup:\n%s", filter, dom)
		}
	}
	writeFile(t, filepath.Join(dir, "spec.yaml"), strings.Replace(treePages["spec.yaml"], hostileType, "", 1))
	writeFile(t, page, run(t, dir, command(t, "secretwright"), "tree", "-o", "html", "spec.yaml", "deploy"))
	picture := filepath.Join(t.TempDir(), "tree.png")
	if *update {
		picture = filepath.Join(root, "docs", "tree.png")
	}
	chromium(t, "file://"+page, "--screenshot="+picture, "--window-size=1400,420")
	if image := readFile(t, picture); !strings.HasPrefix(image, "\x89PNG") || len(image) < 10_000 {
		t.Errorf("the picture has %d bytes, and is not one of a page", len(image))
	}
}
