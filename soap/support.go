package soap

import (
	"bytes"
	"html/template"
	"net/http"
)

var supportPage = template.Must(template.New("support").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{{.}}</title></head>
<body>
<h1>{{.}}</h1>
<p>The service is running.</p>
<h2>If an update fails</h2>
<ol>
<li>Open QuickBooks with the company file that this service was set up for, and close any dialog in it.</li>
<li>In the QuickBooks Web Connector, tick this application and choose <em>Update Selected</em>.</li>
<li>If the Web Connector says that the password is wrong, enter the one that was shown at set-up, or make a new one.</li>
<li>If QuickBooks asks whether this application may have access, log in as Admin in single-user mode and choose <em>Yes, always</em>.</li>
<li>If it still fails, note the text in the Web Connector's <em>Status</em> column and look into the log of this service.</li>
</ol>
</body>
</html>
`))

// Support returns the page behind AppSupport in the .qwc file. The Web Connector fetches it without a login when the application is
// added, so it says nothing of sessions: only what runs here and what to do. Product is shown as its title.
func Support(product string) http.Handler {
	var page bytes.Buffer
	// The page and its one value are fixed: writing it to memory cannot fail.
	_ = supportPage.Execute(&page, product)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			other(w, r, "GET, HEAD, OPTIONS")
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		// An error means that the reader has left.
		_, _ = w.Write(page.Bytes())
	})
}
