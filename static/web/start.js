// Starts the page's Go program. The page was rendered by the server and can be
// read and clicked before Go is up: what is done until then is kept in
// window.escalateEarly, and Go carries it out. go-app's own loader is not used:
// it would cover the page, and it refuses to start for browsers whose name
// contains "bot".
//
// It also looks after the program: whatever ends it, the page says so, camera
// and microphone go off, and the Room is left.
"use strict";

// go-app calls these; it replaces the first three when it runs.
var goappNav = function () {};
var goappOnUpdate = function () {};
var goappOnAppInstallChange = function () {};
var goappGetenv = function (key) {
  switch (key) {
    case "GOAPP_INTERNAL_URLS": return "null";
    case "GOAPP_VERSION": return (document.querySelector("script[data-version]") || { dataset: {} }).dataset.version || "";
  }
  return "";
};

(function () {
  var tag = document.currentScript;
  var urls = (tag && tag.dataset) || {};
  var execURL = urls.exec || "/static/wasm_exec.js";
  var wasmURL = urls.wasm || "/static/app.wasm";
  var sdkURL = urls.sdk || "/static/vendor/twilio-video.min.js";

  // Taken before others can change the page.
  var lang = document.documentElement.lang, stopped = element("stopped");

  var early = { click: "", consent: false, code: "", focus: "" };
  window.escalateEarly = early;

  function load(src) {
    return new Promise(function (done, fail) {
      var s = document.createElement("script");
      s.src = src;
      s.async = true;
      s.onload = function () { done(); };
      s.onerror = function () { fail(new Error("could not load " + src)); };
      document.head.appendChild(s);
    });
  }

  // twilio-video.js makes a function from text when it is evaluated, only to
  // hide an import() that audio plug-ins need and we do not use. Our Content
  // Security Policy forbids that, and the SDK would not start. So that one text
  // gets a function that refuses; every other meets the policy as before.
  function loadSDK(url) {
    var Real = window.Function;
    function Guard() {
      var body = arguments[arguments.length - 1];
      if (/^\s*return import\(/.test(body)) {
        return function () { return Promise.reject(new Error("import() is not allowed here")); };
      }
      return Reflect.construct(Real, arguments);
    }
    Guard.prototype = Real.prototype;
    // One that hangs keeps the guard; the next load puts its own over it.
    function back() { if (window.Function === Guard) window.Function = Real; }
    window.Function = Guard;
    return load(url).then(back, function (err) { back(); throw err; });
  }

  // Go asks for the SDK anew after one that did not come. The address is another
  // one each time: a browser waits for the first if that hangs, and may have
  // kept what somebody on the way answered in its place.
  var loads = 0;
  window.escalateLoadSDK = function () {
    window.escalateSDK = loadSDK(sdkURL + (sdkURL.indexOf("?") < 0 ? "?" : "&") + "again=" + ++loads + "-" + Date.now());
    return window.escalateSDK;
  };

  // The SDK waits until all of the program is there, which on a slow line needs
  // the whole width, or until somebody wants the call; a page without a call
  // needs none.
  function startSDK() {
    if (!calls || window.escalateSDK) return;
    window.escalateSDK = loadSDK(sdkURL);
    window.escalateSDK.catch(function (err) { console.error("start:", err); });
  }

  function element(id) { return document.getElementById(id); }

  // One sentence in the page: what happens, or what to do. The server wrote the
  // sentences into the note, in the page's language.
  function say(which, trouble) {
    var note = element("start-note");
    if (!note) return;
    note.textContent = note.dataset[which] || "";
    note.hidden = note.textContent === "";
    note.classList.toggle("note-trouble", Boolean(trouble));
  }

  // The server does not know the reader's time zone: it writes for how long the
  // link works, and until when is said here.
  function tellTimes() {
    document.querySelectorAll("time[data-words]").forEach(function (el) {
      var at = new Date(el.dateTime);
      if (isNaN(at)) return;
      var how = { hour: "numeric", minute: "2-digit" };
      if (at.toDateString() !== new Date().toDateString()) how.weekday = "long";
      el.textContent = el.dataset.words.replace("%s", at.toLocaleTimeString(lang || undefined, how));
    });
  }

  // A browser that cannot gets the page that the server wrote for it; the agent
  // hears of it.
  function blocked(id, trouble) {
    var page = element(id), app = element("app");
    if (!page) return false;
    page.hidden = false;
    if (app) app.hidden = true;
    document.documentElement.dataset.start = "blocked";
    tellAgent(trouble);
    return true;
  }

  function tellAgent(trouble) {
    var code = /^\/join\/([^/]+)/.exec(location.pathname);
    if (!code || !window.fetch) return;
    fetch("/api/escalations/" + code[1] + "/progress", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ phase: "trouble", detail: trouble }),
    }).catch(function () {});
  }

  // Every Track that is captured, to be ended when the program no longer can.
  // The SDK sends copies; a camera stays on until they have ended too.
  var captured = [], dead = false;

  function keep(track) {
    captured = captured.filter(function (t) { return t.readyState === "live"; }).concat(track);
    if (dead) track.stop();
    return track;
  }

  function keepCaptured() {
    var devices = navigator.mediaDevices || {};
    ["getUserMedia", "getDisplayMedia"].forEach(function (name) {
      var real = devices[name];
      if (!real) return;
      devices[name] = function () {
        return real.apply(devices, arguments).then(function (stream) {
          stream.getTracks().forEach(keep);
          return stream;
        });
      };
    });
    var proto = (window.MediaStreamTrack || {}).prototype, clone = proto && proto.clone;
    if (clone) proto.clone = function () { return keep(clone.call(this)); };
  }

  // The program has ended, or is broken; nothing of it will answer any more.
  function died(err) {
    if (dead) return;
    dead = true;
    console.error("start:", err);
    document.documentElement.dataset.start = "stopped";
    [
      function () { captured.forEach(function (t) { t.stop(); }); },
      function () { Promise.resolve(window.escalateRoom).then(function (room) { room.disconnect(); }).catch(function () {}); },
      function () { if (window.parent !== window) window.parent.postMessage({ escalate: 1, type: "left" }, "*"); },
      function () { window.documentPictureInPicture.window.close(); },
      function () { if (document.fullscreenElement) document.exitFullscreen(); },
      function () { document.querySelectorAll("video, audio").forEach(function (m) { m.srcObject = null; }); },
    ].forEach(function (f) {
      try { f(); } catch (_) { /* there is none, or the browser has none */ }
    });
    var app = element("app");
    if (!app || !/^(after|over)$/.test(app.dataset.phase)) tellAgent("");
    showStopped();
  }

  // The page says that it has ended, however Go or others have changed it.
  function showStopped() {
    if (!stopped) return;
    var app = element("app");
    if (app) app.hidden = true;
    stopped.hidden = false;
    document.body.appendChild(stopped);
    var reload = stopped.querySelector("button");
    reload.addEventListener("click", function () { location.reload(); });
    reload.focus();
  }

  // An exception of the browser's that passes through the program leaves it
  // broken without an end. After its end, timers and events would only fail.
  function guard(go) {
    var resume = go._resume;
    go._resume = function () {
      try {
        if (!dead) resume.call(go);
      } catch (err) {
        died(err);
      }
      if (dead) go._scheduledTimeouts.clear();
    };
  }

  // later calls f when the page has been looked at for so many seconds and the
  // condition still does not hold.
  function later(seconds, holds, f) {
    var timer = setInterval(function () {
      if (!holds() && (document.hidden || --seconds > 0)) return;
      clearInterval(timer);
      if (!holds()) f();
    }, 1000);
  }

  // The browser's question for camera and microphone comes with the click, not
  // when Go is up at last. Go takes the answer over through getUserMedia, which
  // stands in for the browser's own: its first call gets what was asked for
  // here, so that there is one question.
  function askForMedia(camera) {
    var devices = navigator.mediaDevices;
    if (window.escalateEarlyMedia || !devices || !devices.getUserMedia) return;
    var stream = devices.getUserMedia({
      audio: true,
      video: camera && { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24 }, facingMode: { ideal: "user" } },
    });
    stream.catch(function () {}); // Go hears of it, and says what to do
    var taken = false;
    window.escalateEarlyMedia = {
      audio: true, video: camera,
      getUserMedia: function (constraints) {
        if (taken) return devices.getUserMedia(constraints);
        taken = true;
        return stream;
      },
      drop: function () {
        if (taken) return;
        taken = true;
        window.escalateEarlyMedia = null;
        stream.then(function (s) { s.getTracks().forEach(function (t) { t.stop(); }); }, function () {});
      },
    };
  }

  // A camera that was switched off in this call stays off, also after a reload.
  // Go keeps what is wanted on; a browser may refuse to tell.
  function cameraIsOff() {
    try {
      var code = decodeURIComponent(/^\/join\/([^/]+)/.exec(location.pathname)[1]);
      return JSON.parse(localStorage.getItem("escalate.on.customer")).some(function (wishes) {
        return wishes.code === code && wishes.on && wishes.on.video === false;
      });
    } catch (err) { return false; }
  }

  function onClick(event) {
    var button = event.target.closest && event.target.closest("#join-button, #join-quiet-button, #check-button");
    if (!button) return;
    early.click = button.id;
    button.setAttribute("aria-busy", "true");
    say("starting");
    var consent = element("consent-input");
    if (button.id !== "check-button") startSDK();
    if (button.id === "check-button" || !consent || consent.checked) askForMedia(button.id !== "join-quiet-button" && !cameraIsOff());
  }

  // take is called at the last moment before Go replaces the markup.
  function take() {
    document.removeEventListener("click", onClick);
    var code = element("code-input");
    var consent = element("consent-input");
    early.code = code ? code.value : "";
    early.consent = consent ? consent.checked : false;
    if (stopped) stopped.hidden = true; // it took long, and came
    early.focus = document.activeElement ? document.activeElement.id : "";
  }

  function sayFailed() {
    if (element("start-note")) say("failed", true);
    else if (calls) showStopped();
  }

  function fail(err) {
    console.error("start:", err);
    document.removeEventListener("click", onClick);
    if (window.escalateEarlyMedia) window.escalateEarlyMedia.drop();
    var button = element("join-button");
    document.querySelectorAll("[aria-busy]").forEach(function (b) { b.removeAttribute("aria-busy"); });
    // A click on Join is then the obvious way to try again.
    if (button && button.type !== "submit") {
      button.addEventListener("click", function () { location.reload(); });
    }
    sayFailed();
    document.documentElement.dataset.start = "failed";
  }

  function instantiate(imports, response) {
    if (!WebAssembly.instantiateStreaming) {
      return response.arrayBuffer().then(function (b) { return WebAssembly.instantiate(b, imports); });
    }
    return WebAssembly.instantiateStreaming(response, imports).catch(function () {
      // Some proxies change the content type, which streaming insists on.
      return fetch(wasmURL)
        .then(function (r) { return r.arrayBuffer(); })
        .then(function (b) { return WebAssembly.instantiate(b, imports); });
    });
  }

  // Go calls this when the first step is done and the page has time: from then
  // on a service worker keeps the program for the way back. It is not done
  // earlier so that a first visit loads nothing twice.
  var settled = false;
  window.escalateSettled = function () {
    if (settled || window.parent !== window) return;
    settled = true;
    try {
      if (!navigator.serviceWorker) return;
    } catch (_) {
      return; // where storage is blocked, even to ask may be refused
    }
    var idle = window.requestIdleCallback || function (f) { setTimeout(f, 2000); };
    idle(function () {
      navigator.serviceWorker.register("/sw.js?lang=" + encodeURIComponent(lang), { scope: "/", updateViaCache: "none" })
        .catch(function () {}); // private windows may refuse; nothing is lost but speed
    });
  };

  tellTimes();
  var calls = element("app") && element("app").dataset.sdk !== "none";
  if (calls && window.isSecureContext === false && blocked("blocked-insecure", "insecure")) return;
  var able = typeof WebAssembly === "object" && window.Promise && window.fetch;
  if ((!able || calls && !window.RTCPeerConnection) && blocked("blocked-old", "unsupported")) return;
  if (!able) {
    fail(new Error("this browser has no WebAssembly"));
    return;
  }
  try {
    keepCaptured();
  } catch (err) {
    console.error("start:", err); // somebody else has fixed these functions
  }
  document.addEventListener("click", onClick);
  // Long: a slow line needs minutes, and the program is welcome even then.
  var begun = false;
  later(180, function () { return begun; }, sayFailed);

  var arrived = fetch(wasmURL).then(function (r) {
    if (!r.ok) throw new Error("app.wasm: status " + r.status);
    return r;
  });
  load(execURL).then(function () {
    return arrived;
  }).then(function (response) {
    var go = new Go();
    guard(go);
    return instantiate(go.importObject, response).then(function (result) {
      startSDK();
      take();
      document.documentElement.dataset.start = "ready";
      // What Go has not taken soon, it does not want: the light goes out.
      setTimeout(function () { if (window.escalateEarlyMedia) window.escalateEarlyMedia.drop(); }, 15000);
      begun = true;
      var drawn = element("app");
      later(15, function () { return dead || element("app") !== drawn; }, function () { died(new Error("the program draws nothing")); });
      go.run(result.instance).then(function () { throw new Error("the program has ended"); }).catch(died);
    });
  }).catch(fail);
})();
