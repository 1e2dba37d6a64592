package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func TestBill(t *testing.T) {
	t.Parallel()
	const root = "../.."
	var first, second bytes.Buffer
	for _, w := range []*bytes.Buffer{&first, &second} {
		if err := write(w, root, "abc"); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two bills of the same sources differ")
	}
	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(&first, cdx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	if bom.BOMFormat != cdx.BOMFormat || bom.Metadata.Component.Version != "abc" || bom.SerialNumber != "" {
		t.Errorf("the bill begins with %+v", bom.Metadata.Component)
	}
	var names []string
	for _, c := range *bom.Components {
		names = append(names, c.PackageURL)
		if c.Name == "std" {
			continue
		}
		if c.Hashes == nil || len(*c.Hashes) != 1 || len((*c.Hashes)[0].Value) < 64 {
			t.Errorf("%s has checksums %v", c.Name, c.Hashes)
		}
		if strings.HasPrefix(c.PackageURL, "pkg:npm/") && c.Licenses == nil {
			t.Errorf("%s has no licence", c.Name)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("not in order, or twice: %v", names)
	}
	has := func(prefix string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, prefix) })
	}
	for _, want := range []string{
		"pkg:golang/std@1.", "pkg:golang/github.com/pion/webrtc/v4@v4.", "pkg:golang/github.com/maxence-charriere/go-app/v9@v9.",
		"pkg:npm/twilio-video@2.36.0", "pkg:npm/%40twilio/video-processors@3.2.0",
	} {
		if !has(want) {
			t.Errorf("the bill has no %s", want)
		}
	}
	for _, other := range []string{"pkg:npm/axe-core", "pkg:golang/github.com/chromedp", "pkg:golang/github.com/%43yclone", "pkg:golang/github.com/CycloneDX", "pkg:golang/escalate"} {
		if has(other) {
			t.Errorf("the bill has %s, which the server has not", other)
		}
	}
}
