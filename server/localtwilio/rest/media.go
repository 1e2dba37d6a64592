package rest

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"escalate/server/localtwilio/reached"
	"escalate/server/sids"
)

// MediaPath begins the locations that Media resources redirect to.
const MediaPath = "/media/"

// isMediaFile says whether a file of that name may be served: nothing else in the directory is,
// nor anything outside.
func isMediaFile(name string) bool {
	ext := filepath.Ext(name)
	of := strings.TrimSuffix(name, ext)
	return (sids.Is("RT", of) || sids.Is("CJ", of)) && mediaTypes[ext] != ""
}

var mediaTypes = map[string]string{".mka": "audio/x-matroska", ".mkv": "video/x-matroska", ".webm": "video/webm", ".mp4": "video/mp4"}

// redirectToMedia answers with a location where a file can be had for a while without
// credentials, as Twilio does.
func redirectToMedia(c *call, file string) error {
	a := c.api
	if a.media.Dir == "" {
		return notFound(c.r.URL.Path)
	}
	ttl := int(mediaTTL / time.Second)
	if err := c.integer("Ttl", &ttl, 1, 7*24*3600, invalid("Invalid parameter Ttl")); err != nil {
		return err
	}
	base := reached.URL(c.r)
	if c.target.AtTwilio {
		base = a.media.URL()
	}
	expires := strconv.FormatInt(c.store.Now().Add(time.Duration(ttl)*time.Second).Unix(), 10)
	location := base + MediaPath + file + "?" + url.Values{"expires": {expires}, "signature": {a.signMedia(file, expires)}}.Encode()
	c.w.Header().Set("Location", location)
	return c.json(http.StatusFound, object{"redirect_to": location})
}

func (a *API) signMedia(file, expires string) string {
	h := hmac.New(sha256.New, []byte(a.store.Account().AuthToken))
	h.Write([]byte(file + "\n" + expires))
	return hex.EncodeToString(h.Sum(nil))
}

// Media serves the files that Media resources redirect to, also in parts (Range). It is
// mounted at MediaPath.
func (a *API) Media() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, expires := strings.TrimPrefix(r.URL.Path, MediaPath), r.URL.Query().Get("expires")
		until, err := strconv.ParseInt(expires, 10, 64)
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		case err != nil || !isMediaFile(file) || subtle.ConstantTimeCompare([]byte(r.URL.Query().Get("signature")), []byte(a.signMedia(file, expires))) == 0 || a.media.Dir == "":
			http.Error(w, "not a signed location", http.StatusForbidden)
			return
		case a.store.Now().Unix() > until:
			http.Error(w, "the location has expired", http.StatusForbidden)
			return
		}
		f, err := os.Open(filepath.Join(a.media.Dir, file))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", mediaTypes[filepath.Ext(file)])
		w.Header().Set("Content-Disposition", `attachment; filename="`+file+`"`)
		http.ServeContent(w, r, "", info.ModTime(), f)
	})
}
