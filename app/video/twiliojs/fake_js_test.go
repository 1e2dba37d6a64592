//go:build js

package twiliojs

import (
	"context"
	"sync"
	"syscall/js"
	"testing"
	"time"

	"escalate/app/browser"
	"escalate/app/video"
)

// fake is a Twilio.Video and the parts of a browser under it, as far as this
// package uses them. It behaves as twilio-video.js 2.36.0 does.
const fake = `
class Emitter {
  constructor() { this.ls = new Map() }
  on(e, f) { this.ls.set(e, (this.ls.get(e) || []).concat(f)); return this }
  removeListener(e, f) { this.ls.set(e, (this.ls.get(e) || []).filter(g => g !== f)); return this }
  emit(e, ...a) { (this.ls.get(e) || []).slice().forEach(f => f.apply(this, a)) }
  count() { let n = 0; this.ls.forEach(l => n += l.length); return n }
}
let serial = 0;
class MediaTrack extends EventTarget {
  constructor(kind, settings) { super(); this.kind = kind; this.id = "ms" + (++serial); this.readyState = "live"; this.settings = settings || {} }
  stop() { this.readyState = "ended" }
  getSettings() { return this.settings }
}
globalThis.MediaStream = class {
  constructor(ts) { this.ts = ts || [] }
  getTracks() { return this.ts }
  getAudioTracks() { return this.ts.filter(t => t.kind === "audio") }
  getVideoTracks() { return this.ts.filter(t => t.kind === "video") }
};
class Track extends Emitter {
  constructor(kind, media, name) { super(); this.kind = kind; this.mediaStreamTrack = media || new MediaTrack(kind);
    this.name = name || kind; this.isEnabled = true; this.isMuted = false; this.els = new Set(); this.attachCalls = 0 }
  get isStopped() { return this.mediaStreamTrack.readyState === "ended" }
  attach(el) { this.attachCalls++; el.srcObject = el.srcObject || new MediaStream();
    el.srcObject.ts = el.srcObject.ts.filter(t => t.kind !== this.kind).concat(this.mediaStreamTrack); this.els.add(el); return el }
  detach(el) { const els = el ? [el] : [...this.els];
    els.forEach(e => { if (e.srcObject) e.srcObject.ts = e.srcObject.ts.filter(t => t !== this.mediaStreamTrack); this.els.delete(e) });
    return el ? el : els }
  enable(on) { if (on === this.isEnabled) return; this.isEnabled = on; this.emit(on ? "enabled" : "disabled", this); if (this.onEnable) this.onEnable(on) }
  switchOn() { log("on " + this.name) }
  switchOff() { log("off " + this.name) }
  stop() { const was = this.isStopped; this.mediaStreamTrack.stop(); if (!was) this.emit("stopped", this) }
  lose() { this.mediaStreamTrack.readyState = "ended"; this.emit("stopped", this) }
  async restart(c) { this.stop(); log("restart " + JSON.stringify(c)); const m = await getMedia(this.kind, c);
    this.els.forEach(e => { e.srcObject.ts = [m] }); this.mediaStreamTrack = m; this.emit("started", this) }
}
Object.assign(globalThis, {MediaTrack, named, log}); // for tests' own stand-ins
globalThis.calls = [];
function log(s) { calls.push(s) }

// What getUserMedia does: refuse[kind] names an error; cameras are the devices.
globalThis.refuse = {};
globalThis.cameras = [{deviceId: "front", facingMode: "user"}, {deviceId: "back", facingMode: "environment"}];
function named(name, message) { return Object.assign(new Error(message || name), {name}) }
async function getMedia(kind, c) {
  if (refuse[kind]) throw named(...[].concat(refuse[kind]));
  if (kind === "audio") return new MediaTrack("audio", {deviceId: "mic"});
  let found = cameras;
  if (c && c.facingMode && c.facingMode.exact) { found = found.filter(d => d.facingMode === c.facingMode.exact);
    if (!found.length) throw named("OverconstrainedError") }
  if (c && c.deviceId && c.deviceId.exact) { found = found.filter(d => d.deviceId === c.deviceId.exact);
    if (!found.length) throw named("OverconstrainedError") }
  if (c && c.deviceId && c.deviceId.ideal) found = found.filter(d => d.deviceId === c.deviceId.ideal).concat(found);
  return new MediaTrack("video", found[0]);
}
globalThis.granted = [];
Object.defineProperty(globalThis, "navigator", {configurable: true, value: {
  userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/130", maxTouchPoints: 0,
  permissions: {query: async d => ({state: granted.includes(d.name) ? "granted" : "prompt"})},
  mediaDevices: Object.assign(new EventTarget(), {
    getUserMedia: async () => { throw new Error("only through the SDK") },
    getDisplayMedia: async o => { log("getDisplayMedia"); globalThis.lastDisplay = o; if (refuse.screen) throw named(...[].concat(refuse.screen));
      if (refuse.sound && o.audio) throw named(...[].concat(refuse.sound));
      globalThis.screenMedia = new MediaTrack("video"); if (!globalThis.tabSounds || !o.audio) return new MediaStream([screenMedia]);
      globalThis.soundMedia = new MediaTrack("audio"); return new MediaStream([screenMedia, soundMedia]) },
    enumerateDevices: async () => cameras.map(d => ({deviceId: d.deviceId, kind: "videoinput", label: d.deviceId + " camera"})),
  })}});

globalThis.els = {};
globalThis.addElement = (id, blocked) => els[id] = {id, isConnected: true, blocked, plays: 0, srcObject: null, sink: "",
  play() { this.plays++; return this.blocked ? Promise.reject(named("NotAllowedError")) : Promise.resolve() },
  async setSinkId(s) { if (s === "bad") throw named("NotFoundError"); this.sink = s }};
globalThis.document = Object.assign(new EventTarget(), {getElementById: id => els[id] || null, visibilityState: "visible"});

class Publication extends Emitter {
  constructor(sid, track, name) { super(); this.trackSid = sid; this.track = track; this.kind = track.kind; this.trackName = name || track.name;
    this.isSubscribed = true; this.track.isSwitchedOff = false }
  get isTrackEnabled() { return this.track.isEnabled }
}
class Participant extends Emitter {
  constructor(sid, identity) { super(); this.sid = sid; this.identity = identity; this.state = "connected"; this.tracks = new Map(); this.networkQualityLevel = null }
  add(pub) { this.tracks.set(pub.trackSid, pub); return pub }
}
class Local extends Participant {
  constructor() { super("PAme", "me") }
  async publishTrack(t, o) { log("publish " + t.kind + " " + t.name + " " + (o ? o.priority : ""));
    if (globalThis.publishGate) await publishGate;
    if (globalThis.refuse.publish === t.name) throw named("MaxTracksPublishedError");
    const pub = this.add(new Publication("MTlocal" + (++serial), t));
    t.onEnable = on => this.emit(on ? "trackEnabled" : "trackDisabled", t);
    setTimeout(() => this.emit("trackPublished", pub)); return pub }
  unpublishTrack(t) { for (const [sid, p] of this.tracks) if (p.track === t) { this.tracks.delete(sid); log("unpublish " + t.name); return p } return null }
}
class Room extends Emitter {
  constructor(o) { super(); this.sid = "RM1"; this.state = "connected"; this.participants = new Map(); this.localParticipant = new Local();
    this.isRecording = false; this.dominantSpeaker = null;
    o.tracks.forEach((t, i) => { const p = this.localParticipant.add(new Publication("MTme" + i, t));
      t.onEnable = on => this.localParticipant.emit(on ? "trackEnabled" : "trackDisabled", t) }) }
  disconnect() { log("disconnect"); if (this.state === "disconnected") return; this.state = "disconnected"; this.emit("disconnected", this, undefined) }
  refreshInactiveMedia() { log("refresh") }
  async getStats() { return [{remoteAudioTrackStats: [{bytesReceived: 10}], remoteVideoTrackStats: [{bytesReceived: 20}, {bytesReceived: null}]}] }
}
globalThis.Twilio = {Video: {
  createLocalTracks: async o => {
    if (o.getUserMedia) return (await o.getUserMedia(o)).getTracks().map(t => new Track(t.kind, t));
    log("getUserMedia audio=" + !!o.audio + " video=" + !!o.video);
    if (globalThis.captureGate) await captureGate;
    const ts = []; for (const k of ["audio", "video"]) if (o[k]) ts.push(new Track(k, await getMedia(k, o[k])));
    globalThis.lastTracks = ts; return ts },
  LocalDataTrack: function (o) { return Object.assign(new Emitter(), {kind: "data", name: o.name, send(t) { log("send " + t) }}) },
  LocalAudioTrack: function (m, o) { return new Track("audio", m, o.name) },
  LocalVideoTrack: function (m, o) { return new Track("video", m, o.name) },
  connect: (token, o) => { globalThis.lastOptions = o; log("connect " + token);
    if (token === "bad") { const p = Promise.reject(Object.assign(named("AccessTokenInvalidError", "Invalid Access Token"), {code: 20101})); return p }
    if (token === "throw") throw new TypeError("thrown, not rejected");
    globalThis.room = new Room(o); if (globalThis.prepare) prepare(room);
    return token === "slow" ? new Promise(r => globalThis.letIn = () => r(room)) : Promise.resolve(room) },
}};
Object.assign(globalThis, {Track, Publication, Participant, MediaTrack});
undefined`

func eval(code string) js.Value { return js.Global().Call("eval", code) }

// setUp makes a fresh fake. eval keeps its classes to itself, so each test has
// its own.
func setUp(t *testing.T) context.Context {
	t.Helper()
	for _, name := range []string{"captureGate", "publishGate", "prepare", "AudioContext", "escalateSDK", "tabSounds"} {
		js.Global().Delete(name)
	}
	eval("(() => {" + fake + "})()")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// wait waits for JavaScript's event loop to bring ok about.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for !ok() {
		if _, err := browser.Await(ctx, eval(`new Promise(r => setTimeout(r, 1))`)); err != nil {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// calls are the fake's calls so far, forgotten with that.
func calls() string {
	s := eval(`calls.join("; ")`).String()
	eval(`calls.length = 0`)
	return s
}

// events collects what OnEvent gets.
type events struct {
	mu   sync.Mutex
	list []video.Event
}

func (e *events) add(ev video.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, ev)
}

func (e *events) take() []video.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	l := e.list
	e.list = nil
	return l
}

// has says whether an event equal to want came; it stays in the list.
func (e *events) has(match func(video.Event) bool) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ev := range e.list {
		if match(ev) {
			return true
		}
	}
	return false
}

func is[T video.Event](ev video.Event) bool {
	_, ok := ev.(T)
	return ok
}

// join captures and joins a Room.
func join(t *testing.T, ctx context.Context) (*capture, *room, *events) {
	t.Helper()
	c, err := Devices{}.Capture(ctx, video.Want{Audio: true, Video: true})
	if err != nil {
		t.Fatal(err)
	}
	e := &events{}
	r, err := Connector{}.Connect(ctx, "good", video.Options{Name: "R", Capture: c, OnEvent: e.add, Signaling: "ws://127.0.0.1:1/signaling"})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*capture), r.(*room), e
}
