package wire_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"escalate/app/call"
	"escalate/app/wire"
)

// The agent's desktops are JavaScript: the Flex plugin and the demo desk. What
// they share with Go stands in their JSDoc types, which tsc holds the plugin's
// code to; this file holds those types to package wire.
const (
	plugin    = "../../static/web/flex-plugin.js"
	deskTypes = "../../server/demo/web/js/types.js"
	deskRoom  = "../../server/demo/web/js/room.js"
)

// property is one of a JSDoc type, or of a struct: which values it may have.
type property struct {
	optional bool
	types    []string // sorted: string, number, boolean, the name of a type, or literals
}

var (
	block    = regexp.MustCompile(`(?s)/\*\*(.*?)\*/`)
	typedef  = regexp.MustCompile(`@typedef \{(object|\{.*\}|'[^}]*)\} (\w+)`)
	listed   = regexp.MustCompile(`@property \{([^}]*)\} (\[?)(\w+)`)
	inline   = regexp.MustCompile(`(\w+)(\??): ([^,}]+)`)
	bridgeNo = regexp.MustCompile(`const bridgeVersion = (\d+);`)
)

// typesOf reads the JSDoc types of a file: objects by property, and unions of
// words as the property "".
func typesOf(t *testing.T, file string) (types map[string]map[string]property, source string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	types = map[string]map[string]property{}
	for _, b := range block.FindAllStringSubmatch(string(text), -1) {
		m := typedef.FindStringSubmatch(b[1])
		if m == nil {
			continue
		}
		of := map[string]property{}
		switch {
		case m[1] == "object":
			for _, p := range listed.FindAllStringSubmatch(b[1], -1) {
				of[p[3]] = property{p[2] != "", union(p[1])}
			}
		case strings.HasPrefix(m[1], "{"):
			for _, p := range inline.FindAllStringSubmatch(m[1], -1) {
				of[p[1]] = property{p[2] != "", union(p[3])}
			}
		default:
			of[""] = property{types: union(m[1])}
		}
		types[m[2]] = of
	}
	return types, string(text)
}

func union(s string) []string {
	var all []string
	for _, v := range strings.Split(s, "|") {
		all = append(all, strings.Trim(strings.TrimSpace(v), "'"))
	}
	slices.Sort(all)
	return all
}

// words are constants as the values of a property.
func words[T ~string](all ...T) []string {
	var s []string
	for _, v := range all {
		s = append(s, string(v))
	}
	slices.Sort(s)
	return s
}

// shape is a struct as its JSON: each property, and the type that a value of it
// has in JavaScript.
func shape(v any) map[string]property {
	all := map[string]property{}
	for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" {
			continue
		}
		kind := f.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		js := "string" // also of time.Time
		switch kind.Kind() {
		case reflect.Bool:
			js = "boolean"
		case reflect.Int:
			js = "number"
		case reflect.Struct:
			if kind.Name() != "Time" {
				js = kind.Name()
			}
		}
		all[name] = property{strings.HasPrefix(options, "omit"), []string{js}}
	}
	return all
}

// TestTypesInJavaScript compares each JSDoc type with the struct that it names.
// A type need not have all of a struct, unless it says so by being whole.
func TestTypesInJavaScript(t *testing.T) {
	t.Parallel()
	statuses := words(wire.StatusInvited, wire.StatusOpen, wire.StatusInCall, wire.StatusEnded, wire.StatusExpired)
	toDesktop := words(wire.BridgeReady, wire.BridgeToken, wire.BridgeOpen, wire.BridgeState, wire.BridgeMute, wire.BridgeLeave, wire.BridgeLeft)
	version := []string{strconv.Itoa(wire.BridgeVersion)}
	for _, c := range []struct {
		file, name string
		of         any
		whole      bool
		narrow     map[string][]string // properties that have certain values only
	}{
		{plugin, "Bridge", wire.Bridge{}, true, map[string][]string{"escalate": version, "type": toDesktop, "phase": {"Phase"}}},
		{plugin, "Escalation", wire.Escalation{}, false, map[string][]string{"status": statuses}},
		{plugin, "Check", wire.Task{}, false, nil},
		{plugin, "Running", wire.Running{}, true, nil},
		// The desk has no button for the microphone.
		{deskTypes, "Bridge", wire.Bridge{}, false, map[string][]string{
			"escalate": version, "phase": {"Phase"},
			"type": slices.DeleteFunc(slices.Clone(toDesktop), func(s string) bool { return s == wire.BridgeMute }),
		}},
		{deskTypes, "Escalation", wire.Escalation{}, false, map[string][]string{"status": statuses}},
		{deskTypes, "TaskCheck", wire.Task{}, false, nil},
	} {
		types, _ := typesOf(t, c.file)
		js, is := types[c.name]
		if !is || len(js) == 0 {
			t.Errorf("%s has no type %s", c.file, c.name)
			continue
		}
		ours := shape(c.of)
		for name, p := range js {
			want, known := ours[name]
			if !known {
				t.Errorf("%s: %s.%s is not in %T", c.file, c.name, name, c.of)
				continue
			}
			if narrow := c.narrow[name]; narrow != nil {
				want.types = narrow
			}
			if !reflect.DeepEqual(p, want) {
				t.Errorf("%s: %s.%s is %+v, in %T it is %+v", c.file, c.name, name, p, c.of, want)
			}
		}
		for name := range ours {
			if _, has := js[name]; c.whole && !has {
				t.Errorf("%s: %s lacks %s of %T", c.file, c.name, name, c.of)
			}
		}
	}
}

// TestPhasesInJavaScript: the tab tells the desktop the phases of its call.
func TestPhasesInJavaScript(t *testing.T) {
	t.Parallel()
	want := words(call.Idle, call.Joining, call.InCall, call.Reconnecting, call.Left)
	for _, file := range []string{plugin, deskTypes} {
		types, _ := typesOf(t, file)
		if got := types["Phase"][""].types; !slices.Equal(got, want) {
			t.Errorf("%s: phases %q, want %q", file, got, want)
		}
	}
}

// TestWrittenByJavaScript looks at the objects that the desktops write.
func TestWrittenByJavaScript(t *testing.T) {
	t.Parallel()
	key := regexp.MustCompile(`(?:^|,)\s*(\w+)`)
	for _, c := range []struct {
		file  string
		at    *regexp.Regexp // its group is what stands between the braces
		of    any
		whole bool
		least int
	}{
		{plugin, regexp.MustCompile(`messageAttributes: \{([^}]*)\}`), wire.Invite{}, true, 1},
		{plugin, regexp.MustCompile(`'POST', '` + wire.EscalationsPath + `', \{([^}]*)\}`), wire.Escalate{}, false, 1},
		{plugin, regexp.MustCompile(`#send\(\{([^}]*)\}`), wire.Bridge{}, false, 4},
		{deskRoom, regexp.MustCompile(`#send\(\{([^}.]*)`), wire.Bridge{}, false, 3},
	} {
		_, source := typesOf(t, c.file)
		found := c.at.FindAllStringSubmatch(source, -1)
		if len(found) < c.least {
			t.Errorf("%s writes %T %d times, want at least %d; has its form changed?", c.file, c.of, len(found), c.least)
		}
		ours := shape(c.of)
		for _, m := range found {
			written := map[string]bool{}
			for _, k := range key.FindAllStringSubmatch(m[1], -1) {
				if written[k[1]] = true; ours[k[1]].types == nil {
					t.Errorf("%s writes %s, which is not in %T", c.file, k[1], c.of)
				}
			}
			for name := range ours {
				if c.whole && !written[name] {
					t.Errorf("%s leaves %s of %T out", c.file, name, c.of)
				}
			}
		}
	}
}

func TestBridgeVersionInJavaScript(t *testing.T) {
	t.Parallel()
	for _, file := range []string{plugin, deskRoom} {
		_, source := typesOf(t, file)
		if m := bridgeNo.FindStringSubmatch(source); m == nil || m[1] != strconv.Itoa(wire.BridgeVersion) {
			t.Errorf("%s: %q, want version %d", file, m, wire.BridgeVersion)
		}
	}
}
