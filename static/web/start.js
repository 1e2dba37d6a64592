// Starts the page's Go program. The page was rendered by the server and can be
// read and clicked before Go is up: what is done until then is kept in
// window.escalateEarly, and Go carries it out. go-app's own loader is not used:
// it would cover the page, and it refuses to start for browsers whose name
// contains "bot".
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
  function loadSDK() {
    var Real = window.Function;
    function Guard() {
      var body = arguments[arguments.length - 1];
      if (/^\s*return import\(/.test(body)) {
        return function () { return Promise.reject(new Error("import() is not allowed here")); };
      }
      return Reflect.construct(Real, arguments);
    }
    Guard.prototype = Real.prototype;
    function back() { window.Function = Real; }
    window.Function = Guard;
    return load(sdkURL).then(back, function (err) { back(); throw err; });
  }

  function element(id) { return document.getElementById(id); }

  // One sentence in the page: what happens, or what to do.
  function say(text, trouble) {
    var note = element("start-note");
    if (!note) return;
    note.textContent = text;
    note.hidden = text === "";
    note.classList.toggle("note-trouble", Boolean(trouble));
  }

  function onClick(event) {
    var button = event.target.closest && event.target.closest("#join-button, #join-quiet-button, #check-button");
    if (!button) return;
    early.click = button.id;
    button.setAttribute("aria-busy", "true");
    say("One moment, getting the video call ready…");
  }

  // take is called at the last moment before Go replaces the markup.
  function take() {
    document.removeEventListener("click", onClick);
    var code = element("code-input");
    var consent = element("consent-input");
    early.code = code ? code.value : "";
    early.consent = consent ? consent.checked : false;
    early.focus = document.activeElement ? document.activeElement.id : "";
  }

  function fail(err) {
    console.error("start:", err);
    document.removeEventListener("click", onClick);
    var button = element("join-button");
    document.querySelectorAll("[aria-busy]").forEach(function (b) { b.removeAttribute("aria-busy"); });
    // A click on Join is then the obvious way to try again.
    if (button && button.type !== "submit") {
      button.addEventListener("click", function () { location.reload(); });
    }
    say("The video call could not be loaded. Check your connection, then reload this page. " +
      "If it keeps failing, open the link in Chrome, Safari, Firefox or Edge.", true);
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

  document.addEventListener("click", onClick);

  if (typeof WebAssembly !== "object" || !window.Promise || !window.fetch) {
    fail(new Error("this browser has no WebAssembly"));
    return;
  }

  var arrived = fetch(wasmURL).then(function (r) {
    if (!r.ok) throw new Error("app.wasm: status " + r.status);
    return r;
  });
  // The SDK waits for the program, which on a slow line needs the whole width;
  // a page without a call needs none.
  if (element("app") && element("app").dataset.sdk !== "none") {
    window.escalateSDK = arrived.then(function () { return loadSDK(); });
    window.escalateSDK.catch(function (err) { console.error("start:", err); });
  }

  load(execURL).then(function () {
    return arrived;
  }).then(function (response) {
    var go = new Go();
    return instantiate(go.importObject, response).then(function (result) {
      take();
      document.documentElement.dataset.start = "ready";
      go.run(result.instance).then(function () {
        say("The video call has stopped. Reload this page to go on.", true);
      });
    });
  }).catch(fail);
})();
