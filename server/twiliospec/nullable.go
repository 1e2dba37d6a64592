package twiliospec

import (
	"maps"
	"slices"
	"strings"
)

// nullables makes null one of the values of what the documents call nullable beside a
// reference to an enumeration: OpenAPI 3.0 ignores what stands beside a $ref, and Twilio
// answers null there.
func nullables(tree map[string]any) {
	schemas := object(object(tree["components"])["schemas"])
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			name, ok := v["$ref"].(string)
			target := object(schemas[strings.TrimPrefix(name, "#/components/schemas/")])
			values, isEnum := target["enum"].([]any)
			if ok && isEnum && v["nullable"] == true {
				delete(v, "$ref")
				maps.Copy(v, target)
				v["enum"] = append(slices.Clone(values), nil)
				return
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(tree)
}
