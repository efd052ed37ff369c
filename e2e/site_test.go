package e2e

import (
	"html"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	siteLink = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	siteID   = regexp.MustCompile(` id="([^"]*)"`)
)

// TestSite builds the site as CI does, and follows every link of it that stays on it, anchors included. Nothing that
// the browser loads may come from another server.
func TestSite(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		t.Fatalf("%v; install.sh installs it", err)
	}
	run(t, root, "make", "site")
	const base = "/secretwright/"
	site := filepath.Join(root, ".bin", "site")
	built := files(t, site)
	if len(built["secretspec.html"]) < 10_000 || built["index.html"] == "" {
		t.Fatalf("the site has %d files and no pages", len(built))
	}
	if sidebar := built["tutorial.html"]; !strings.Contains(sidebar, ">Judge it</h2>") ||
		strings.Contains(sidebar, ">More</h2>") {
		t.Error("a page of docs/ is in no group of site/.vitepress/pages.mjs")
	}
	links := 0
	for name, text := range built {
		if path.Ext(name) != ".html" {
			continue
		}
		for _, match := range siteLink.FindAllStringSubmatch(text, -1) {
			link := html.UnescapeString(match[1])
			if strings.Contains(link, "://") {
				if strings.HasPrefix(match[0], "src") || strings.Contains(text, `<link rel="stylesheet" href="`+match[1]) {
					t.Errorf("%s loads %s from elsewhere", name, link)
				}
				continue
			}
			links++
			target, anchor, _ := strings.Cut(link, "#")
			file := name
			if target != "" {
				rest, ours := strings.CutPrefix(target, base)
				if !ours {
					t.Errorf("%s: %s leads out of the site", name, link)
					continue
				}
				if file = rest; file == "" {
					file = "index.html"
				}
			}
			page, exists := built[file]
			if !exists {
				t.Errorf("%s: %s leads nowhere", name, link)
			} else if anchor != "" && anchor != "VPContent" && !hasID(page, anchor) {
				t.Errorf("%s: %s leads to no heading", name, link)
			}
		}
	}
	if links < 500 {
		t.Errorf("only %d links were found", links)
	}
	index := 0 // the search, which needs no server
	for name := range built {
		if strings.Contains(name, "localSearchIndex") {
			index++
		}
	}
	if index == 0 {
		t.Error("the site has no index to search")
	}
	if _, err := os.Stat(filepath.Join(site, "logo.svg")); err != nil {
		t.Error(err)
	}
}

func hasID(page, id string) bool {
	for _, match := range siteID.FindAllStringSubmatch(page, -1) {
		if html.UnescapeString(match[1]) == id {
			return true
		}
	}
	return false
}
