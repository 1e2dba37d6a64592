package check

import (
	"bytes"
	"context"
	"errors"
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

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v3"
)

const (
	// drained is what a replica may take to end after DRAIN_SECONDS: requests under way have 20 seconds.
	drained = 20 * time.Second
	// drain is the default of DRAIN_SECONDS.
	drain = 5 * time.Second
)

// TestUnit has systemd read the unit, and say how exposed it is.
func TestUnit(t *testing.T) {
	unit := string(read(t, "escalate@.service"))
	m := regexp.MustCompile(`(?m)^TimeoutStopSec=(\d+)$`).FindStringSubmatch(unit)
	if m == nil {
		t.Fatal("the unit has no TimeoutStopSec")
	}
	if seconds, err := strconv.Atoi(m[1]); err != nil || time.Duration(seconds)*time.Second < drain+drained {
		t.Errorf("TimeoutStopSec=%s is less than DRAIN_SECONDS and 20", m[1])
	}
	program := need(t, "systemd-analyze", "systemd")
	// It wants the program to be there.
	file := filepath.Join(t.TempDir(), "escalate@.service")
	unit = strings.ReplaceAll(unit, "ExecStart=/usr/local/bin/escalate\n", "ExecStart=/bin/true\n")
	if err := os.WriteFile(file, []byte(unit), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := run(t, program, "verify", "--man=no", file); strings.Contains(out, "escalate@") {
		t.Errorf("systemd says:\n%s", out)
	}
	if out, err := exec.Command(program, "security", "--offline=true", "--threshold=20", file).CombinedOutput(); err != nil && !strings.Contains(string(out), "unrecognized option") {
		t.Errorf("the unit is exposed: %v\n%s", err, out)
	}
}

// TestCompose has compose's own library read the file.
func TestCompose(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "escalate.env"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir: dir, ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml", Content: read(t, "compose.yaml")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	upstreams := regexp.MustCompile(`(?m)^\s+server (\S+):8080`).FindAllStringSubmatch(string(read(t, "nginx.conf")), -1)
	if len(upstreams) != 2 {
		t.Errorf("nginx.conf has %d replicas", len(upstreams))
	}
	for _, u := range upstreams {
		s, err := p.GetService(u[1])
		if err != nil {
			t.Errorf("nginx.conf has the replica %s: %v", u[1], err)
			continue
		}
		wait := s.Environment["DRAIN_SECONDS"]
		if wait == nil || s.StopGracePeriod == nil {
			t.Fatalf("%s has no DRAIN_SECONDS or no stop_grace_period", u[1])
		}
		seconds, err := strconv.Atoi(*wait)
		if err != nil || time.Duration(*s.StopGracePeriod) < time.Duration(seconds)*time.Second+drained {
			t.Errorf("%s is killed after %v, with DRAIN_SECONDS=%s", u[1], time.Duration(*s.StopGracePeriod), *wait)
		}
		if !s.ReadOnly || s.User == "" || s.Environment["TRUST_PROXY"] == nil {
			t.Errorf("%s can write, is root, or believes no proxy", u[1])
		}
	}
}

// object is of an object of Kubernetes what the manifests here have; a field that is not here is a typo, or
// wants a line here.
type object struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   meta
	Data       map[string]string
	Spec       yaml.Node
}

type meta struct {
	Name                string
	Labels, Annotations map[string]string
}

type selector struct {
	MatchLabels map[string]string `yaml:"matchLabels"`
}

type ref struct{ Name string }

type security struct {
	RunAsNonRoot             bool  `yaml:"runAsNonRoot"`
	RunAsUser                int   `yaml:"runAsUser"`
	RunAsGroup               int   `yaml:"runAsGroup"`
	SeccompProfile           kind  `yaml:"seccompProfile"`
	AllowPrivilegeEscalation *bool `yaml:"allowPrivilegeEscalation"`
	ReadOnlyRootFilesystem   bool  `yaml:"readOnlyRootFilesystem"`
	Capabilities             drops `yaml:"capabilities"`
}

type kind struct{ Type string }

type drops struct{ Drop []string }

type deployment struct {
	Replicas int
	Selector selector
	Strategy struct {
		Type          string
		RollingUpdate struct {
			MaxUnavailable int `yaml:"maxUnavailable"`
			MaxSurge       int `yaml:"maxSurge"`
		} `yaml:"rollingUpdate"`
	}
	MinReadySeconds int `yaml:"minReadySeconds"`
	Template        struct {
		Metadata meta
		Spec     pod
	}
}

type pod struct {
	TerminationGracePeriodSeconds int   `yaml:"terminationGracePeriodSeconds"`
	AutomountServiceAccountToken  *bool `yaml:"automountServiceAccountToken"`
	TopologySpreadConstraints     []struct {
		MaxSkew           int      `yaml:"maxSkew"`
		TopologyKey       string   `yaml:"topologyKey"`
		WhenUnsatisfiable string   `yaml:"whenUnsatisfiable"`
		LabelSelector     selector `yaml:"labelSelector"`
	} `yaml:"topologySpreadConstraints"`
	SecurityContext security `yaml:"securityContext"`
	Containers      []struct {
		Name, Image string
		Args        []string
		EnvFrom     []struct {
			ConfigMapRef *ref `yaml:"configMapRef"`
			SecretRef    *ref `yaml:"secretRef"`
		} `yaml:"envFrom"`
		Ports           []containerPort
		ReadinessProbe  *probe `yaml:"readinessProbe"`
		LivenessProbe   *probe `yaml:"livenessProbe"`
		StartupProbe    *probe `yaml:"startupProbe"`
		Resources       struct{ Requests, Limits map[string]string }
		SecurityContext security `yaml:"securityContext"`
	}
}

type probe struct {
	HTTPGet          struct{ Path, Port string } `yaml:"httpGet"`
	PeriodSeconds    int                         `yaml:"periodSeconds"`
	TimeoutSeconds   int                         `yaml:"timeoutSeconds"`
	FailureThreshold int                         `yaml:"failureThreshold"`
}

type containerPort struct {
	Name          string
	ContainerPort int `yaml:"containerPort"`
}

// specs are the kinds, with their versions.
var specs = map[string]func() any{
	"v1 ConfigMap":       func() any { return nil },
	"apps/v1 Deployment": func() any { return &deployment{} },
	"policy/v1 PodDisruptionBudget": func() any {
		return &struct {
			MinAvailable int `yaml:"minAvailable"`
			Selector     selector
		}{}
	},
	"v1 Service": func() any {
		return &struct {
			Selector map[string]string
			Ports    []struct {
				Name       string
				Port       int
				TargetPort string `yaml:"targetPort"`
			}
		}{}
	},
	"networking.k8s.io/v1 Ingress": func() any {
		return &struct {
			IngressClassName string `yaml:"ingressClassName"`
			TLS              []struct {
				Hosts      []string
				SecretName string `yaml:"secretName"`
			}
			Rules []struct {
				Host string
				HTTP struct {
					Paths []struct {
						Path     string
						PathType string `yaml:"pathType"`
						Backend  struct {
							Service struct {
								Name string
								Port struct{ Name string }
							}
						}
					}
				}
			}
		}{}
	},
	"networking.k8s.io/v1 NetworkPolicy": func() any {
		return &struct {
			PodSelector selector `yaml:"podSelector"`
			PolicyTypes []string `yaml:"policyTypes"`
			Ingress     []struct {
				From []struct {
					PodSelector selector `yaml:"podSelector"`
				}
				Ports []struct{ Port int }
			}
		}{}
	},
}

// TestManifests decodes the manifests without a field left over, and holds Deployments to what an operator
// relies on.
func TestManifests(t *testing.T) {
	deployments := 0
	for _, file := range []string{"kubernetes/escalate.yaml", "kubernetes/nats.yaml"} {
		settings := map[string]string{}
		d := yaml.NewDecoder(bytes.NewReader(read(t, file)))
		d.KnownFields(true)
		for {
			var o object
			if err := d.Decode(&o); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			name := o.APIVersion + " " + o.Kind
			spec, known := specs[name]
			if !known || o.Metadata.Name == "" {
				t.Fatalf("%s has a %q named %q", file, name, o.Metadata.Name)
			}
			if o.Kind == "ConfigMap" {
				settings = o.Data
				continue
			}
			into := spec()
			strict(t, file+", "+name, &o.Spec, into)
			if one, ok := into.(*deployment); ok {
				deployments++
				checkDeployment(t, file, one, settings)
			}
		}
	}
	if deployments != 2 {
		t.Errorf("there are %d Deployments", deployments)
	}
}

// strict decodes a node; a Node's own Decode lets unknown fields pass.
func strict(t *testing.T, what string, n *yaml.Node, into any) {
	t.Helper()
	b, err := yaml.Marshal(n)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

func checkDeployment(t *testing.T, file string, d *deployment, settings map[string]string) {
	t.Helper()
	p := d.Template.Spec
	if seconds, err := strconv.Atoi(settings["DRAIN_SECONDS"]); len(settings) > 0 &&
		(err != nil || time.Duration(p.TerminationGracePeriodSeconds)*time.Second < time.Duration(seconds)*time.Second+drained || d.Replicas < 2) {
		t.Errorf("%s: %d replicas, which are killed after %d s, with DRAIN_SECONDS=%q", file, d.Replicas, p.TerminationGracePeriodSeconds, settings["DRAIN_SECONDS"])
	}
	for k, v := range d.Selector.MatchLabels {
		if d.Template.Metadata.Labels[k] != v {
			t.Errorf("%s: the selector wants %s=%s, which Pods do not have", file, k, v)
		}
	}
	if !p.SecurityContext.RunAsNonRoot || p.SecurityContext.RunAsUser == 0 {
		t.Errorf("%s: Pods run as root", file)
	}
	for _, c := range p.Containers {
		s := c.SecurityContext
		if s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || !s.ReadOnlyRootFilesystem || len(s.Capabilities.Drop) == 0 {
			t.Errorf("%s: the container %s may more than it needs", file, c.Name)
		}
		if c.Resources.Requests["cpu"] == "" || c.Resources.Requests["memory"] == "" || c.Resources.Limits["memory"] == "" {
			t.Errorf("%s: the container %s does not say what it needs", file, c.Name)
		}
		for what, probe := range map[string]*probe{"readiness": c.ReadinessProbe, "liveness": c.LivenessProbe} {
			if probe == nil || !slices.ContainsFunc(c.Ports, func(p containerPort) bool { return p.Name == probe.HTTPGet.Port }) {
				t.Errorf("%s: the container %s has no probe of its %s at a port of its own", file, c.Name, what)
			}
		}
	}
}

// TestBalancers has each balancer that is installed read its file, with names and certificate of this machine.
func TestBalancers(t *testing.T) {
	for _, b := range []struct {
		program, file string
		check         func(file, dir string) []string
	}{
		{"nginx", "nginx.conf", func(file, dir string) []string {
			whole := "pid " + dir + "/pid; error_log stderr; events {} http { access_log off; client_body_temp_path " + dir + "/body; proxy_temp_path " + dir +
				"/proxy; fastcgi_temp_path " + dir + "/fastcgi; uwsgi_temp_path " + dir + "/uwsgi; scgi_temp_path " + dir + "/scgi; include " + file + "; }"
			return []string{"-t", "-e", "stderr", "-p", dir, "-c", write(t, dir, "whole.conf", whole)}
		}},
		{"haproxy", "haproxy.cfg", func(file, _ string) []string { return []string{"-c", "-f", file} }},
		{"caddy", "Caddyfile", func(file, _ string) []string {
			return []string{"validate", "--adapter", "caddyfile", "--config", file}
		}},
	} {
		t.Run(b.program, func(t *testing.T) {
			program, dir := need(t, b.program, b.program), t.TempDir()
			openssl := need(t, "openssl", "openssl")
			run(t, openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
				"-keyout", filepath.Join(dir, "escalate.key"), "-out", filepath.Join(dir, "escalate.crt"))
			pem := func(name string) string {
				text, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				return string(text)
			}
			write(t, dir, "escalate.pem", pem("escalate.crt")+pem("escalate.key"))
			text := string(read(t, b.file))
			for _, here := range [][2]string{{"escalate-1:", "127.0.0.1:"}, {"escalate-2:", "127.0.0.1:"}, {"/etc/" + b.program + "/tls", dir}} {
				text = strings.ReplaceAll(text, here[0], here[1])
			}
			t.Setenv("HOME", dir) // where Caddy keeps things
			t.Setenv("XDG_DATA_HOME", dir)
			t.Setenv("XDG_CONFIG_HOME", dir)
			out := run(t, program, b.check(write(t, dir, b.file, text), dir)...)
			for _, line := range warnings(out) {
				t.Errorf("%s warns: %s", b.program, line)
			}
		})
	}
}

// warnings are the lines of what a balancer says that warn. Not one of them is what nginx
// 1.25.1 and later says of "listen … http2": the file is for 1.22 too, which knows no other way.
func warnings(out string) (lines []string) {
	for line := range strings.Lines(out) {
		if strings.Contains(strings.ToLower(line), "[warn") && !strings.Contains(line, `the "listen ... http2" directive is deprecated`) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// TestWarnings has the one warning pass that is meant, and no other.
func TestWarnings(t *testing.T) {
	const other = `nginx: [warn] conflicting server name "localhost" on 0.0.0.0:443, ignored`
	got := warnings("nginx: [warn] the \"listen ... http2\" directive is deprecated, use the \"http2\" directive instead in /etc/nginx.conf:20\n" +
		other + "\nnginx: the configuration file /etc/nginx.conf syntax is ok\n")
	if !slices.Equal(got, []string{other}) {
		t.Errorf("warnings: %q", got)
	}
}

// need returns the path of a program, or skips.
func need(t *testing.T, program, from string) string {
	t.Helper()
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin") // where Debian has them
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed, so its file is not tried (sudo apt-get install %s)", program, from)
	}
	return path
}

func run(t *testing.T, program string, args ...string) (out string) {
	t.Helper()
	b, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, b)
	}
	return string(b)
}

func write(t *testing.T, dir, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
